package retention

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"amanah/internal/store"
)

// What is done to rows that are due.
const (
	Removed = "removed"
	Emptied = "emptied"
	Held    = "held" // due, and kept by a hold
)

// Report is what a sweep did, or would do. It holds no personal data.
type Report struct {
	AsOf   time.Time `json:"as_of"`
	DryRun bool      `json:"dry_run"`
	Lines  []Line    `json:"lines"`
	// Held is what is due and stays because a hold covers it.
	Held    []Line    `json:"held"`
	Skipped []Skipped `json:"skipped"`
}

// Line is one table and category of a service, over all its enclosures.
type Line struct {
	Service  string `json:"service"`
	Table    string `json:"table"`
	Category string `json:"category"`
	Term     string `json:"term"`
	Action   string `json:"action"`
	Rows     int64  `json:"rows"`
}

// Skipped is a category that cannot be swept, and why.
type Skipped struct {
	Table    string `json:"table"`
	Category string `json:"category"`
	Why      string `json:"why"`
}

// Rows is how many rows were removed or emptied.
func (r Report) Rows() (n int64) {
	for _, l := range r.Lines {
		n += l.Rows
	}
	return n
}

func (r *Report) add(s store.Scope, k task, n int64) {
	r.Lines = sum(r.Lines, Line{Service: s.Service, Table: k.table.Name, Category: k.category, Term: k.term, Action: k.actionName}, n)
}

func (r *Report) hold(s store.Scope, k task, n int64) {
	r.Held = sum(r.Held, Line{Service: s.Service, Table: k.table.Name, Category: k.category, Term: k.term, Action: Held}, n)
}

// Add puts what was swept outside of the database into the report.
func (r *Report) Add(l Line) {
	n := l.Rows
	l.Rows = 0
	if l.Action == Held {
		r.Held = sum(r.Held, l, n)
	} else {
		r.Lines = sum(r.Lines, l, n)
	}
}

// sum adds rows to the line that is like l but for its rows.
func sum(lines []Line, l Line, n int64) []Line {
	if n == 0 {
		return lines
	}
	for i, have := range lines {
		have.Rows = 0
		if have == l {
			lines[i].Rows += n
			return lines
		}
	}
	l.Rows = n
	return append(lines, l)
}

func (r *Report) skip(table, category, why string) {
	s := Skipped{table, category, why}
	for _, have := range r.Skipped {
		if have == s {
			return
		}
	}
	r.Skipped = append(r.Skipped, s)
}

// WriteJSON writes one JSON object a line: each line of the report, then each
// category that was skipped, then the sum.
func (r Report) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	for _, l := range slices.Concat(r.Lines, r.Held) {
		if err := enc.Encode(l); err != nil {
			return err
		}
	}
	for _, s := range r.Skipped {
		if err := enc.Encode(map[string]Skipped{"skipped": s}); err != nil {
			return err
		}
	}
	return enc.Encode(map[string]any{"as_of": r.AsOf, "dry_run": r.DryRun, "rows": r.Rows()})
}

// WriteTable writes the report for people.
func (r Report) WriteTable(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	verb := map[bool]string{true: "due, nothing removed", false: "done"}[r.DryRun]
	fmt.Fprintf(t, "As of %s: %d rows (%s)\n", r.AsOf.Format(time.RFC3339), r.Rows(), verb)
	if len(r.Lines)+len(r.Held) > 0 {
		fmt.Fprintln(t, "SERVICE\tTABLE\tCATEGORY\tTERM\tACTION\tROWS")
	}
	for _, l := range slices.Concat(r.Lines, r.Held) {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%d\n", l.Service, l.Table, l.Category, l.Term, l.Action, l.Rows)
	}
	for _, s := range r.Skipped {
		fmt.Fprintf(t, "skipped\t%s\t%s\t%s\n", s.Table, s.Category, s.Why)
	}
	return t.Flush()
}
