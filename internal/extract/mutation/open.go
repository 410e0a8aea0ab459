package mutation

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

const (
	peekSize = 64 << 10 // how much is looked at before anything is decided
	lineMost = 64 << 10 // of one line, and of one record of several lines
	foldMost = 20       // lines of one quoted record
	cellMost = 400      // columns of a record
)

// splitter gives records with the number of the line that they begin on.
type splitter struct {
	r     *bufio.Reader
	comma byte
	line  int64    // of the last line that was taken
	back  [][]byte // lines that were taken too far
	cells []string
}

// open decides on characters and columns by the first part of a file.
func open(r io.Reader) (*splitter, error) {
	b := bufio.NewReaderSize(r, peekSize)
	head, err := b.Peek(peekSize)
	if err != nil && err != io.EOF {
		return nil, err
	}
	src := decoded(b, head)
	text := bufio.NewReaderSize(src, peekSize)
	head, err = text.Peek(peekSize)
	if err != nil && err != io.EOF {
		return nil, err
	}
	return &splitter{r: text, comma: comma(head)}, nil
}

// decoded gives the file as UTF-8 without a mark at its beginning.
func decoded(b *bufio.Reader, head []byte) io.Reader {
	switch {
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		_, _ = b.Discard(3)
		return b
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}), bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Reader(b)
	case every(head, 1):
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder().Reader(b)
	case every(head, 0):
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder().Reader(b)
	}
	whole := head
	for i := 0; i < utf8.UTFMax && len(whole) > 0 && len(head) == peekSize && !utf8.Valid(whole); i++ {
		whole = whole[:len(whole)-1] // the last letter may be cut
	}
	if utf8.Valid(whole) {
		return b
	}
	return charmap.Windows1252.NewDecoder().Reader(b)
}

// every tells that every second byte is nought, as UTF-16 has Latin letters.
func every(head []byte, from int) bool {
	n := min(len(head)/2*2, 512)
	if n < 8 {
		return false
	}
	zero := 0
	for i := from; i < n; i += 2 {
		if head[i] == 0 {
			zero++
		}
	}
	return zero*10 >= n/2*9
}

// comma is what parts the columns: the sign that gives the most lines the same
// number of columns above one.
func comma(head []byte) byte {
	best, score := byte(','), 0
	for _, c := range []byte{',', ';', '\t', '|'} {
		counts := map[int]int{}
		for i, line := range bytes.Split(head, []byte("\n")) {
			if i == 200 {
				break
			}
			if n := columns(line, c); n > 0 {
				counts[n]++
			}
		}
		for n, lines := range counts {
			if s := lines * (n + 1); n > 1 && s > score || n == 1 && lines > 2 && s > score {
				best, score = c, s
			}
		}
	}
	return best
}

// columns counts a sign outside of quotes.
func columns(line []byte, c byte) int {
	n, quoted := 0, false
	for _, b := range line {
		switch {
		case b == '"':
			quoted = !quoted
		case b == c && !quoted:
			n++
		}
	}
	return n
}

// read takes one line, without its end. A line that is too long is given as nil.
func (s *splitter) read() ([]byte, error) {
	s.line++
	if n := len(s.back); n > 0 {
		line := s.back[0]
		s.back = s.back[1:]
		return line, nil
	}
	line, err := s.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = s.r.ReadSlice('\n')
		}
		if err == io.EOF {
			err = nil
		}
		return nil, err
	}
	if err == io.EOF && len(line) > 0 {
		err = nil
	}
	if err != nil {
		return nil, err
	}
	return bytes.TrimRight(line, "\r\n"), nil
}
