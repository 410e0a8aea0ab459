package email

import "strings"

// pair is a label with its value, one line or several.
type pair struct {
	meaning
	label  string
	values []string
	group  int // which transaction of a table with several; 0 for all others
}

// value is the first line.
func (p pair) value() string {
	if len(p.values) == 0 {
		return ""
	}
	return p.values[0]
}

// money joins what a layout broke into cells ("Rp", "124.000", ",00").
func (p pair) money() string {
	var s string
	for _, v := range p.values {
		switch {
		case s == "":
			s = v
		case v[0] == ',' || v[0] == '.':
			return s + v
		case !strings.ContainsAny(s, "0123456789"):
			s += " " + v
		default:
			return s
		}
	}
	return s
}

// maxValueLines is how many lines below a label can still be its value.
const maxValueLines = 4

// pairs reads labels and values in every layout: beside each other, in cells,
// below each other, as the columns of a table.
func pairs(segs []seg, lex lexicon) []pair {
	segs = dropColons(segs)
	tags := make([]tag, len(segs))
	for i, s := range segs {
		tags[i] = lex.tagOf(s)
	}
	var out []pair
	for i := 0; i < len(segs); {
		if ps, next := columns(segs, tags, i); next > i {
			out = append(out, ps...)
			i = next
			continue
		}
		t := tags[i]
		switch t.form {
		case noLabel:
			i++
		case wholeText:
			p, next := below(segs, tags, i)
			if len(p.values) > 0 {
				out = append(out, p)
			}
			i = next
		default:
			p := pair{meaning: t.meaning, label: t.label}
			if t.rest != "" {
				p.values = append(p.values, t.rest)
			}
			next := more(segs, tags, i+1, &p)
			if t.known && len(p.values) > 0 {
				out = append(out, p)
			}
			i = next
		}
	}
	return out
}

// dropColons takes out cells that hold only the colon between label and value.
func dropColons(segs []seg) []seg {
	out := make([]seg, 0, len(segs))
	for _, s := range segs {
		if s.text == ":" || s.text == "|" {
			continue
		}
		if strings.HasPrefix(s.text, ": ") || strings.HasPrefix(s.text, ":") && len(s.text) > 1 {
			s.text = strings.TrimSpace(s.text[1:])
			s.low = strings.ToLower(s.text)
		}
		out = append(out, s)
	}
	return out
}

// below reads the value of a label that stands alone: the next cells of its
// row, or the lines under it.
func below(segs []seg, tags []tag, i int) (pair, int) {
	t := tags[i]
	p := pair{meaning: t.meaning, label: t.label}
	j := i + 1
	// The same label again in the other language.
	for j < len(segs) && tags[j].form == wholeText && tags[j].field == t.field && tags[j].label != t.label && j+1 < len(segs) {
		if segs[j].cell && !segs[j+1].cell && tags[j+1].form != noLabel {
			break // "Jenis Transaksi | Transfer": the second is the value
		}
		j++
	}
	value := j < len(segs) && tags[j].form == wholeText && valueAfterAll(segs, tags, j)
	// "Transfer to BCA Virtual Account" below "Transaction Type" is its value.
	if j < len(segs) && tags[j].form == asPrefix && t.field != fieldOther && t.field != fieldSkip {
		value = true
	}
	if value {
		p.values = append(p.values, segs[j].text)
		j++
	}
	return p, more(segs, tags, j, &p)
}

// valueAfterAll tells that a text which happens to be a label is a value: it
// fills the next cell, or another label follows at once.
func valueAfterAll(segs []seg, tags []tag, j int) bool {
	if segs[j].cell {
		return j+1 >= len(segs) || !segs[j+1].cell
	}
	return j+1 >= len(segs) || tags[j+1].form == wholeText && !segs[j+1].cell || tags[j+1].form == withColon && tags[j+1].known
}

// more adds the lines that go on with a value, until the next label.
func more(segs []seg, tags []tag, j int, p *pair) int {
	for ; j < len(segs) && len(p.values) < maxValueLines; j++ {
		if tags[j].form != noLabel && !(segs[j].cell && len(p.values) == 0 && tags[j].form == asPrefix) {
			if tags[j].form == withColon && !tags[j].known && len(p.values) == 0 {
				p.values = append(p.values, segs[j].text)
				continue
			}
			break
		}
		// The first cell of a row of cells begins something else.
		if !segs[j].cell && j+1 < len(segs) && segs[j+1].cell && len(p.values) > 0 {
			break
		}
		if len(p.values) > 0 && len(segs[j].text) > 80 {
			break
		}
		p.values = append(p.values, segs[j].text)
	}
	return j
}

// columns reads a table with its labels in the head row. Several rows with a
// date and an amount each are several transactions; rows without are goods.
func columns(segs []seg, tags []tag, i int) ([]pair, int) {
	if tags[i].form != wholeText || i > 0 && segs[i].row == segs[i-1].row {
		return nil, i
	}
	n := width(segs, i)
	if n < 2 {
		return nil, i
	}
	dated, paid := false, false
	for k := i; k < i+n; k++ {
		if tags[k].form != wholeText {
			return nil, i
		}
		dated = dated || tags[k].field == fieldDate
		paid = paid || tags[k].field == fieldAmount || tags[k].field == fieldTotal
	}
	var out []pair
	rows, at := 0, i+n
	for at < len(segs) && width(segs, at) == n && tags[at].form != wholeText && tags[at].form != withColon {
		rows++
		for k := range n {
			p := pair{meaning: tags[i+k].meaning, label: tags[i+k].label, values: []string{segs[at+k].text}}
			if dated && paid {
				p.group = rows
			}
			out = append(out, p)
		}
		at += n
	}
	if rows == 0 {
		return nil, i
	}
	if rows == 1 {
		for k := range out {
			out[k].group = 0
		}
	}
	if rows > 1 && !dated {
		return nil, at
	}
	return out, at
}

// width is the number of cells of the row that begins at i.
func width(segs []seg, i int) int {
	n := 1
	for i+n < len(segs) && segs[i+n].cell {
		n++
	}
	return n
}
