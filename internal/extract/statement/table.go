package statement

import "math"

// column is where the header of a table says that something stands.
type column struct {
	name   string
	x0, x1 float64
}

// table is the header of the rows.
type table struct{ columns []column }

// amounts are the columns that hold amounts, from left to right.
func (t *table) amounts() []column {
	var out []column
	for _, c := range t.columns {
		switch c.name {
		case "amount", "debit", "credit", "balance":
			out = append(out, c)
		}
	}
	return out
}

func (t *table) has(name string) bool {
	for _, c := range t.columns {
		if c.name == name {
			return true
		}
	}
	return false
}

// left tells that one column stands left of another.
func (t *table) left(one, other string) bool {
	a, b := -1.0, -1.0
	for _, c := range t.columns {
		switch c.name {
		case one:
			a = c.x0
		case other:
			b = c.x0
		}
	}
	return a >= 0 && a < b
}

// header reads a line as the header of a table: a word for the date or the text,
// one for an amount, and no amount in it.
func (l *layout) header(ln *line) (t table, ok bool) {
	for _, w := range ln.words {
		if f, isFigure := parseFigure(w.text); isFigure && !f.plain {
			return t, false
		}
	}
	taken := make([]bool, len(ln.words))
	covered := 0
	for long := 4; long >= 1; long-- {
		for _, name := range columnNames {
			for _, p := range l.Columns[name] {
				if len(p) != long || t.has(name) {
					continue
				}
				b, e := ln.find(p, 0)
				for b >= 0 && anyTaken(taken, b, e) {
					b, e = ln.find(p, e)
				}
				if b < 0 {
					continue
				}
				for i := b; i < e; i++ {
					taken[i] = true
				}
				covered += e - b
				t.columns = append(t.columns, column{name, ln.words[b].x0, ln.words[e-1].x1})
			}
		}
	}
	for i := range t.columns { // few: from left to right
		for j := i + 1; j < len(t.columns); j++ {
			if t.columns[j].x0 < t.columns[i].x0 {
				t.columns[i], t.columns[j] = t.columns[j], t.columns[i]
			}
		}
	}
	money := t.has("amount") || t.has("debit") || t.has("credit")
	return t, money && (t.has("text") || t.has("date") || t.has("posted")) && covered*2 >= len(ln.words)
}

func anyTaken(taken []bool, from, to int) bool {
	for i := from; i < to; i++ {
		if taken[i] {
			return true
		}
	}
	return false
}

// place gives each figure of a row its column, in order and with the least way.
// The result has an index of columns for each figure, -1 for a figure too many.
func place(figs []figure, cols []column) []int {
	out := make([]int, len(figs))
	best := math.Inf(1)
	cur := make([]int, len(figs))
	var try func(i, from int, cost float64)
	try = func(i, from int, cost float64) {
		if cost >= best {
			return
		}
		if i == len(figs) {
			best = cost
			copy(out, cur)
			return
		}
		for c := from; c < len(cols); c++ {
			cur[i] = c
			try(i+1, c+1, cost+away(figs[i], cols[c]))
		}
		if len(figs) > len(cols)-from+i { // more figures than columns: one is none
			cur[i] = -1
			try(i+1, from, cost+1000)
		}
	}
	try(0, 0, 0)
	return out
}

func away(f figure, c column) float64 {
	mid := math.Abs((f.x0 + f.x1 - c.x0 - c.x1) / 2)
	return min(math.Abs(f.x1-c.x1), mid, math.Abs(f.x0-c.x0))
}
