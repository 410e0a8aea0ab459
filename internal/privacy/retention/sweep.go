package retention

import (
	"context"
	"errors"
	"strings"
	"time"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/hold"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/rights"
	"amanah/internal/privacy/rights/rowset"
	"amanah/internal/store"
)

// Tenants lists the enclosures to sweep, each with its home and service.
type Tenants interface {
	Tenants(ctx context.Context) ([]store.Scope, error)
}

// Config is what New needs. Events may be nil: then only rows' own clocks run.
type Config struct {
	DB      *store.DB
	Schema  *rowset.Schema
	Files   rowset.Files
	Tenants Tenants
	Events  Events
	Notice  func(service string) (*notice.Notice, bool)
}

// Retention sweeps. It is safe for concurrent use; two sweeps at once do the work
// once.
type Retention struct{ Config }

// New checks that nothing is missing.
func New(c Config) (*Retention, error) {
	if c.DB == nil || c.Schema == nil || c.Files == nil || c.Tenants == nil || c.Notice == nil {
		return nil, errors.New("retention: New needs a store, a schema, files, tenants and notices")
	}
	return &Retention{c}, nil
}

// sweep is one enclosure being swept.
type sweep struct {
	*Retention
	events Events
	scope  store.Scope
	notice *notice.Notice
	asOf   time.Time
	dry    bool
	asked  map[string]answer
	report *Report
}

// Run removes, in every enclosure, what was due at a moment, or only counts it.
// The report holds what was done even where an error ended it.
func (r *Retention) Run(ctx context.Context, asOf time.Time, dryRun bool) (Report, error) {
	const op = "retention.Run"
	report := Report{AsOf: asOf.UTC(), DryRun: dryRun, Lines: []Line{}, Skipped: []Skipped{}}
	scopes, err := r.Tenants.Tenants(ctx)
	if err != nil {
		return report, fault.Wrap(op, err)
	}
	for _, s := range scopes {
		n, ok := r.Notice(s.Service)
		if !ok {
			return report, fault.New(fault.Internal, op, "").Cause(errors.New("no notice of the service " + s.Service))
		}
		if s.Purpose == "" {
			s.Purpose = rights.Purpose
		}
		s.Actor = store.Actor{Kind: "job"}
		sw := &sweep{Retention: r, events: r.Events, scope: s, notice: n, asOf: asOf.UTC(), dry: dryRun, asked: map[string]answer{}, report: &report}
		if err := r.Schema.Each(func(t rowset.Table) error { return sw.table(ctx, t) }); err != nil {
			return report, fault.Wrap(op, err)
		}
	}
	return report, nil
}

// task is one thing to do to a table's rows: remove them, or empty columns.
type task struct {
	table      rowset.Table
	category   string
	categories []string // those that go with it
	term       string
	due        condition
	whole      condition      // of a task that empties: rows that go whole
	every      []string       // of a task that empties: all categories of the table
	fields     []rowset.Field // empty: remove the rows
	actionName string
}

// where selects what the task is for and no hold covers; spared selects what is
// due and held.
func (k task) where(s *sweep, holds hold.Standing) (where, spared rowset.Where, held bool) {
	due := k.due
	if k.fields != nil {
		whole := k.whole
		if all, ok := kept(holds, k.table, s.scope, k.every); ok { // those stay, and lose the rest
			whole = unless(whole, all)
		}
		due = join([]condition{unless(due, whole), full(k.fields)}, " AND ")
	}
	bound := func(c condition) rowset.Where { return k.table.All().And("("+c.text+")", c.args...) }
	mine, held := kept(holds, k.table, s.scope, k.categories)
	if !held {
		return bound(due), rowset.Where{}, false
	}
	return bound(unless(due, mine)), bound(join([]condition{due, mine}, " AND ")), true
}

// kept is the condition that a hold covers a row.
func kept(holds hold.Standing, t rowset.Table, at store.Scope, categories []string) (condition, bool) {
	text, args, ok := holds.Rows(t, at, categories)
	return condition{text, args}, ok
}

// table sweeps one table: rows whose every category is due go, then the columns
// of each category that is due are emptied in the rows that stay.
func (s *sweep) table(ctx context.Context, t rowset.Table) error {
	cats := t.Categories()
	if len(cats) == 0 {
		return nil
	}
	var due []condition
	terms := map[string]string{}
	var parts []task
	for _, c := range cats {
		cond, term, why, err := s.judge(ctx, t, c)
		if err != nil {
			return err
		}
		terms[c] = term
		if why != "" {
			if err := s.skipped(ctx, t, c, why); err != nil {
				return err
			}
			continue
		}
		due = append(due, cond)
		parts = append(parts, task{table: t, category: c, categories: []string{c}, every: cats, term: term, due: cond, fields: emptied(t, c), actionName: Emptied})
	}
	whole := condition{text: "1 = 0"}
	if len(due) == len(cats) {
		whole = join(due, " AND ")
		all := task{table: t, category: strings.Join(cats, ", "), categories: cats, term: joinTerms(cats, terms), due: whole, actionName: Removed}
		if err := s.do(ctx, all); err != nil {
			return err
		}
	}
	for _, p := range parts {
		if len(p.fields) == 0 || len(cats) == 1 {
			continue
		}
		p.whole = whole
		if err := s.do(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// skipped reports a category that nothing sweeps, where there is any of it.
func (s *sweep) skipped(ctx context.Context, t rowset.Table, category, why string) error {
	var n int64
	err := s.DB.Read(ctx, s.scope, func(tx *store.Tx) (err error) {
		n, err = t.Count(ctx, tx, t.All())
		return err
	})
	if n > 0 {
		s.report.skip(t.Name, category, why)
	}
	return err
}

func joinTerms(cats []string, terms map[string]string) string {
	var out []string
	for _, c := range cats {
		if t := terms[c]; len(out) == 0 || out[len(out)-1] != t {
			out = append(out, t)
		}
	}
	return strings.Join(out, "; ")
}

// do carries a task out, batch by batch, or counts it.
func (s *sweep) do(ctx context.Context, k task) error {
	if err := s.look(ctx, k); err != nil || s.dry {
		return err
	}
	record := &destruction{At: clock.At(s.DB.Clock().Now()), AsOf: clock.At(s.asOf), Table: k.table.Name, Category: k.category, Term: k.term, Action: k.actionName}
	var after id.ID
	for {
		n, err := s.batch(ctx, k, record, &after)
		s.report.add(s.scope, k, n)
		if err != nil || n == 0 {
			return err
		}
	}
}

// look counts what a dry run would do, and what is due and held.
func (s *sweep) look(ctx context.Context, k task) error {
	return s.DB.Read(ctx, s.scope, func(tx *store.Tx) error {
		var holds hold.Standing
		err := tx.InHome(ctx, func(tx *store.Tx) (err error) { holds, err = hold.Read(ctx, tx); return err })
		if err != nil {
			return err
		}
		w, spared, held := k.where(s, holds)
		if held {
			n, err := k.table.Count(ctx, tx, spared)
			if err != nil {
				return err
			}
			s.report.hold(s.scope, k, n)
		}
		if s.dry {
			n, err := k.table.Count(ctx, tx, w)
			s.report.add(s.scope, k, n)
			return err
		}
		return nil
	})
}

// withFiles bounds a batch of rows that have files: those go while the database
// waits, so that no hold can come between.
const withFiles = 50

// batch removes some rows. It asks for the holds in the transaction that removes.
func (s *sweep) batch(ctx context.Context, k task, record *destruction, after *id.ID) (int64, error) {
	most := rowset.Batch
	if k.table.HasFiles() {
		most = withFiles
	}
	var rows []rowset.Row
	before := *record
	err := s.DB.Write(ctx, s.scope, func(tx *store.Tx) error {
		holds, err := hold.Lock(ctx, tx)
		if err != nil {
			return err
		}
		w, _, _ := k.where(s, holds)
		if rows, err = k.table.Keys(ctx, tx, w, *after, most); err != nil || len(rows) == 0 {
			return err
		}
		if _, err := k.table.DropFiles(ctx, s.Files, s.scope, rows, k.drops); err != nil {
			return err
		}
		if k.fields == nil {
			if _, err := k.table.Delete(ctx, tx, rows); err != nil {
				return err
			}
		} else if err := k.table.Blank(ctx, tx, rows, k.fields); err != nil {
			return err
		}
		return s.note(ctx, tx, k, record, int64(len(rows)))
	})
	if err != nil {
		*record = before // the line says what was committed
		return 0, err
	}
	if len(rows) > 0 {
		*after = rows[len(rows)-1].ID
	}
	return int64(len(rows)), nil
}

// drops tells which files go: all of a row that goes, those of the category else.
func (k task) drops(_ rowset.Row, f rowset.Field) bool {
	return k.fields == nil || f.Category == k.category
}

// note writes the batch into the record, in the transaction that removed it.
func (s *sweep) note(ctx context.Context, tx *store.Tx, k task, record *destruction, n int64) error {
	record.Rows += n
	var err error
	if record.ID == (id.ID{}) {
		err = store.Insert(ctx, tx, record)
	} else {
		err = store.Update(ctx, tx, record)
	}
	if err != nil {
		return err
	}
	return audit.Record(ctx, tx, audit.Act{Name: "retention.removed", Object: k.table.Name, Count: n})
}
