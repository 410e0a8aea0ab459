package email

import "strings"

// seg is one line or cell of a mail as a person sees it.
type seg struct {
	text string
	low  string // the same, small letters
	cell bool   // stands in the same table row as the segment before, in the next cell
	row  int
}

func newSeg(s string, isCell bool, row int) seg {
	if len(s) > maxSeg {
		s = strings.ToValidUTF8(s[:maxSeg], "")
	}
	return seg{text: s, low: strings.ToLower(s), cell: isCell, row: row}
}

// clean takes out what cannot be seen and makes every kind of space and colon a
// plain one.
func clean(s string) string {
	plain := true
	for i := range len(s) {
		if s[i] >= 0x80 || s[i] == '\t' || s[i] == '\r' {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch r {
		case '\u200b', '\u200c', '\u200d', '\u2060', '\ufeff', '\u00ad', '\u034f', '\u200e', '\u200f', '\r':
		case '\u00a0', '\u202f', '\u2007', '\u2009', '\u2002', '\u2003', '\u3000', '\t', '\u2800':
			b.WriteByte(' ')
		case '：', '∶':
			b.WriteByte(':')
		case '‑', '–', '−':
			b.WriteByte('-')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// squeeze is clean with every run of white space made one space.
func squeeze(s string) string {
	return strings.Join(strings.Fields(clean(s)), " ")
}

// readPlain turns a text part into segments. Tabs, wide gaps and drawn tables
// become cells.
func readPlain(s string) []seg {
	var out []seg
	size := 0
	for n := 0; s != "" && len(out) < maxSegs && size < maxSegText; n++ {
		var l string
		l, s, _ = strings.Cut(s, "\n")
		if len(l) > maxSegText {
			l = l[:maxSegText]
		}
		size += len(l)
		for i, c := range cells(l) {
			c = unstar(squeeze(c))
			if c == "" {
				continue
			}
			if len(out) == maxSegs {
				return out
			}
			out = append(out, newSeg(c, i > 0, n))
		}
	}
	return out
}

// cells splits a line of text where a table was drawn with tabs, bars or wide
// gaps.
func cells(l string) []string {
	l = strings.TrimSpace(l)
	if strings.HasPrefix(l, "|") {
		return strings.Split(strings.Trim(l, "|"), "|")
	}
	if strings.Contains(l, "\t") {
		return strings.Split(l, "\t")
	}
	if !strings.Contains(l, "   ") {
		return []string{l}
	}
	var out []string
	for _, p := range strings.Split(l, "   ") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// unstar takes off the stars that programs put around bold text.
func unstar(s string) string {
	if !strings.Contains(s, "*") {
		return s
	}
	f := strings.Fields(s)
	for i, w := range f {
		// A masked account has stars in a row, or digits beside them.
		if strings.Contains(w, "**") || strings.ContainsAny(w, "0123456789") && !strings.HasPrefix(w, "*Rp") && !strings.HasPrefix(w, "*IDR") {
			if strings.HasPrefix(w, "*") || !strings.HasSuffix(w, "*") || strings.Contains(w, "**") {
				continue
			}
		}
		f[i] = strings.Trim(w, "*")
	}
	return strings.TrimSpace(strings.Join(f, " "))
}

// joined is all text in one line, for sentences.
func joined(segs []seg) string {
	var b strings.Builder
	for _, s := range segs {
		if b.Len() > 32<<10 {
			break
		}
		b.WriteString(s.text)
		b.WriteString(" \n ")
	}
	return b.String()
}

// joinMoney puts an amount together that a layout broke into pieces: "Rp",
// "124.000", ",00".
func joinMoney(segs []seg) []seg {
	out := segs[:0]
	for _, s := range segs {
		if n := len(out); n > 0 {
			last := out[n-1]
			piece := (s.text[0] == ',' || s.text[0] == '.') && len(s.text) == 3 && digit(s.text[1]) && digit(s.text[2])
			switch {
			case bareMark(last.low) && (digit(s.text[0]) || s.text[0] == '-' && len(s.text) > 1 && digit(s.text[1])):
				out[n-1] = newSeg(last.text+" "+s.text, last.cell, last.row)
				continue
			case piece && digit(last.text[len(last.text)-1]):
				out[n-1] = newSeg(last.text+s.text, last.cell, last.row)
				continue
			}
		}
		out = append(out, s)
	}
	return out
}

func bareMark(low string) bool {
	switch strings.Trim(low, ". :") {
	case "rp", "idr", "usd", "$", "us$", "sgd", "eur", "€", "- rp", "-rp", "+ rp", "+rp":
		return true
	}
	return false
}
