package reconcile

import (
	"cmp"
	"math"
	"slices"

	"amanah/internal/money"
)

// edge is a join that is possible, with how good it is in thousandths.
type edge struct {
	line, entry int
	score       int
}

// equal joins lines and entries of the same amount: of all assignments the one
// with the highest sum of scores, and of equal ones the one that keeps the order.
func (w *work) equal() {
	var edges []edge
	for i, l := range w.lines {
		if l.set != open {
			continue
		}
		for j, e := range w.entries {
			if e.set != open || e.Transfer {
				continue
			}
			if s := w.exact(l, e); s > 0 {
				edges = append(edges, edge{i, j, s})
			}
		}
	}
	edges = w.unnamed(edges)
	for _, g := range best(edges, 300) {
		l, e := w.lines[g.line], w.entries[g.entry]
		l.set, e.set, e.with = matched, matched, l
		w.out.Matched = append(w.out.Matched, Match{Lines: []int{l.No}, Entries: []string{e.ID}, Score: float64(g.score) / 1000, Difference: money.Amount{Currency: l.Amount.Currency}, Why: w.whyMatched(l, e)})
	}
}

// exact scores a line and an entry of one amount, in the line's currency or in
// the one that was paid in. 0 is "no".
func (w *work) exact(l *lineAt, e *entryAt) int {
	if e.Amount != l.Amount && (l.Original.IsZero() || e.Amount != l.Original) {
		return 0
	}
	d := w.days(l, e)
	like := alike(l.name, e.name)
	switch {
	case like >= 0.5 && d <= w.o.Days+2:
		return 500 + int(300*like) + max(0, 200-30*d)
	case like > 0.2 && d <= w.o.Days:
		return 450 + int(200*like) + max(0, 150-30*d)
	case d <= 1 && rare(l.Amount):
		return 400 + 50*(1-d) // unnamed decides
	}
	return 0
}

// rare tells amounts that two purchases do not share by chance.
func rare(a money.Amount) bool {
	return a.Abs().Minor%500_000 != 0 && a.Abs().Minor >= 1_000_000
}

// unnamed drops the edges whose names have nothing in common, except where
// neither side has any other.
func (w *work) unnamed(edges []edge) []edge {
	lines, entries := map[int]int{}, map[int]int{}
	for _, e := range edges {
		lines[e.line]++
		entries[e.entry]++
	}
	return slices.DeleteFunc(edges, func(e edge) bool {
		return e.score <= 450 && (lines[e.line] > 1 || entries[e.entry] > 1)
	})
}

func (w *work) whyMatched(l *lineAt, e *entryAt) Why {
	d := w.days(l, e)
	args := map[string]any{"days": d}
	switch {
	case e.Amount != l.Amount:
		return Why{"reconcile.why.original", args}
	case alike(l.name, e.name) < 0.5:
		return Why{"reconcile.why.amount_and_day", args}
	case d == 0:
		return Why{"reconcile.why.same", nil}
	}
	return Why{"reconcile.why.days_off", args}
}

// best gives the assignment with the highest sum. Parts that share no line and
// no entry are solved apart; in one of more than most on a side the best edges
// are taken first.
func best(edges []edge, most int) []edge {
	var out []edge
	for _, part := range parts(edges) {
		rows, cols := ends(part)
		if len(rows) > most || len(cols) > most {
			out = append(out, greedy(part)...)
		} else {
			out = append(out, hungarian(part, rows, cols)...)
		}
	}
	slices.SortFunc(out, func(a, b edge) int { return cmp.Compare(a.line, b.line) })
	return out
}

// parts are the edges that hang together.
func parts(edges []edge) [][]edge {
	root := map[int]int{}
	var find func(int) int
	find = func(x int) int {
		if p, ok := root[x]; ok && p != x {
			root[x] = find(p)
			return root[x]
		}
		root[x] = x
		return x
	}
	for _, e := range edges {
		root[find(e.line*2)] = find(e.entry*2 + 1)
	}
	at := map[int]int{}
	var out [][]edge
	for _, e := range edges {
		r := find(e.line * 2)
		k, ok := at[r]
		if !ok {
			k = len(out)
			at[r] = k
			out = append(out, nil)
		}
		out[k] = append(out[k], e)
	}
	return out
}

// ends are the lines and entries of a part, in order.
func ends(part []edge) (rows, cols []int) {
	for _, e := range part {
		rows, cols = append(rows, e.line), append(cols, e.entry)
	}
	slices.Sort(rows)
	slices.Sort(cols)
	return slices.Compact(rows), slices.Compact(cols)
}

func greedy(part []edge) []edge {
	slices.SortFunc(part, func(a, b edge) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.line, b.line), cmp.Compare(a.entry, b.entry))
	})
	lines, entries := map[int]bool{}, map[int]bool{}
	var out []edge
	for _, e := range part {
		if !lines[e.line] && !entries[e.entry] {
			lines[e.line], entries[e.entry] = true, true
			out = append(out, e)
		}
	}
	return out
}

// hungarian solves one part (Kuhn and Munkres with potentials). Equal sums are
// told apart by the order, in parts too small to outweigh a point of the score.
func hungarian(part []edge, rows, cols []int) []edge {
	n := max(len(rows), len(cols))
	cost := make([][]int64, n+1)
	score := make([][]int, n+1)
	for i := range cost {
		cost[i], score[i] = make([]int64, n+1), make([]int, n+1)
	}
	const point = 1 << 20
	for _, e := range part {
		i, _ := slices.BinarySearch(rows, e.line)
		j, _ := slices.BinarySearch(cols, e.entry)
		off := int64(max(i-j, j-i))*int64(n) + int64(i)
		score[i+1][j+1] = e.score
		cost[i+1][j+1] = -int64(e.score)*point + min(off, point/int64(n+1))
	}
	u, v := make([]int64, n+1), make([]int64, n+1)
	p, way := make([]int, n+1), make([]int, n+1)
	for i := 1; i <= n; i++ {
		augment(i, cost, u, v, p, way)
	}
	var out []edge
	for j := 1; j <= n; j++ {
		if i := p[j]; i >= 1 && i <= len(rows) && j <= len(cols) && score[i][j] > 0 {
			out = append(out, edge{rows[i-1], cols[j-1], score[i][j]})
		}
	}
	return out
}

// augment brings row i into the assignment p of rows to columns.
func augment(i int, cost [][]int64, u, v []int64, p, way []int) {
	n := len(u) - 1
	p[0] = i
	least := make([]int64, n+1)
	used := make([]bool, n+1)
	for j := range least {
		least[j] = math.MaxInt64
	}
	j0 := 0
	for p[j0] != 0 {
		used[j0] = true
		i0, j1 := p[j0], 0
		delta := int64(math.MaxInt64)
		for j := 1; j <= n; j++ {
			if used[j] {
				continue
			}
			if c := cost[i0][j] - u[i0] - v[j]; c < least[j] {
				least[j], way[j] = c, j0
			}
			if least[j] < delta {
				delta, j1 = least[j], j
			}
		}
		for j := 0; j <= n; j++ {
			if used[j] {
				u[p[j]] += delta
				v[j] -= delta
			} else {
				least[j] -= delta
			}
		}
		j0 = j1
	}
	for j0 != 0 {
		j1 := way[j0]
		p[j0] = p[j1]
		j0 = j1
	}
}
