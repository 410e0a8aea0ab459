package mutation

import (
	"bytes"
	"errors"
	"io"
	"strings"
)

// next gives a record, the line that it begins on, and a reason where it cannot
// be read. The cells are good until the next call. The error is io.EOF at the end.
func (s *splitter) next() (cells []string, line int64, reason string, err error) {
	first, err := s.read()
	line = s.line
	if err != nil {
		return nil, line, "", err
	}
	if first == nil {
		return nil, line, "mutation.too_long", nil
	}
	cells, whole := s.split(first)
	if whole {
		return cells, line, "", nil
	}
	// A quote is open: the record goes on, unless it never ends.
	own := bytes.Clone(first)
	var more [][]byte
	for len(more) < foldMost && len(own) < lineMost {
		l, err := s.read()
		if errors.Is(err, io.EOF) || err == nil && l == nil {
			break
		}
		if err != nil {
			return nil, line, "", err
		}
		more = append(more, bytes.Clone(l))
		own = append(append(own, '\n'), l...)
		if cells, whole = s.split(own); whole {
			return cells, line, "", nil
		}
	}
	s.back = append(more, s.back...)
	s.line = line
	return nil, line, "mutation.quote", nil
}

// split cuts a record into cells; whole is false while a quote is open.
func (s *splitter) split(rec []byte) (cells []string, whole bool) {
	s.cells = s.cells[:0]
	text := string(rec)
	if strings.IndexByte(text, '"') < 0 {
		for len(s.cells) < cellMost {
			i := strings.IndexByte(text, s.comma)
			if i < 0 {
				break
			}
			s.cells = append(s.cells, clean(text[:i]))
			text = text[i+1:]
		}
		return append(s.cells, clean(text)), true
	}
	for len(s.cells) < cellMost {
		trimmed := strings.TrimLeft(text, " ")
		if strings.HasPrefix(trimmed, `"`) {
			cell, rest, closed := unquote(trimmed[1:])
			if !closed {
				return nil, false
			}
			text = rest
			i := strings.IndexByte(text, s.comma)
			if i < 0 {
				return append(s.cells, clean(cell+text)), true
			}
			s.cells = append(s.cells, clean(cell+text[:i]))
			text = text[i+1:]
			continue
		}
		i := strings.IndexByte(text, s.comma)
		if i < 0 {
			break
		}
		s.cells = append(s.cells, clean(text[:i]))
		text = text[i+1:]
	}
	return append(s.cells, clean(text)), true
}

// unquote reads up to the closing quote; two quotes are one.
func unquote(s string) (cell, rest string, closed bool) {
	i := strings.IndexByte(s, '"')
	if i < 0 {
		return "", "", false
	}
	if i+1 >= len(s) || s[i+1] != '"' {
		return s[:i], s[i+1:], true
	}
	var b strings.Builder
	for {
		b.WriteString(s[:i])
		s = s[i+1:]
		if s == "" || s[0] != '"' {
			return b.String(), s, true
		}
		b.WriteByte('"')
		s = s[1:]
		if i = strings.IndexByte(s, '"'); i < 0 {
			return "", "", false
		}
	}
}

// clean takes blanks off, and the marks that keep a spreadsheet from taking
// digits for a number: a leading apostrophe, or ="…".
func clean(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > 0 && s[0] == '\'' {
		s = strings.TrimSpace(s[1:])
	}
	if len(s) > 2 && s[0] == '=' && s[1] == '"' && s[len(s)-1] == '"' {
		s = s[2 : len(s)-1]
	}
	if strings.ContainsAny(s, "\n\r\u00a0") {
		s = strings.Join(strings.Fields(s), " ")
	}
	return s
}
