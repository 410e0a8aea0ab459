package retention

import (
	"context"
	"errors"
	"strings"
	"sync"
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
	// Witnesses are the tables whose rows tell Events what happened to people, each
	// with its event: such a row stays, emptied, as long as a term still counts from
	// what it tells.
	Witnesses map[string]string
	Notice    func(service string) (*notice.Notice, bool)
}

// Retention sweeps. It is safe for concurrent use; two sweeps at once do the work
// once.
type Retention struct {
	Config
	known sync.Map // name to rowset.Table, with what takes no NULL
}

// strict knows which columns take no NULL; the database is asked once a table.
func (s *sweep) strict(ctx context.Context, t rowset.Table) (rowset.Table, error) {
	if have, ok := s.known.Load(t.Name); ok {
		return have.(rowset.Table), nil
	}
	t, err := t.Strict(ctx, s.DB, s.scope)
	if err == nil {
		s.known.Store(t.Name, t)
	}
	return t, err
}

// New checks that nothing is missing.
func New(c Config) (*Retention, error) {
	if c.DB == nil || c.Schema == nil || c.Files == nil || c.Tenants == nil || c.Notice == nil {
		return nil, errors.New("retention: New needs a store, a schema, files, tenants and notices")
	}
	return &Retention{Config: c}, nil
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
	var failed []error
	behind := map[string]bool{} // services in which something could not be removed
	// What witnesses tell is needed until everything else has gone.
	for _, witnesses := range []bool{false, true} {
		for _, s := range scopes {
			if witnesses && behind[s.Service] {
				continue
			}
			sw, err := r.sweep(s, asOf, dryRun, &report)
			if err == nil {
				err = r.Schema.Each(func(t rowset.Table) error {
					if _, is := r.Witnesses[t.Name]; is != witnesses {
						return nil
					}
					return sw.table(ctx, t)
				})
			}
			// What cannot be removed in one place must not save what is due in another.
			if err != nil {
				behind[s.Service], failed = true, append(failed, fault.Wrap(op, err))
			}
		}
	}
	return report, errors.Join(failed...)
}

func (r *Retention) sweep(s store.Scope, asOf time.Time, dry bool, report *Report) (*sweep, error) {
	n, ok := r.Notice(s.Service)
	if !ok {
		return nil, fault.New(fault.Internal, "retention.Run", "").Cause(errors.New("no notice of the service " + s.Service))
	}
	if s.Purpose == "" {
		s.Purpose = rights.Purpose
	}
	s.Actor = store.Actor{Kind: "job"}
	return &sweep{Retention: r, events: r.Events, scope: s, notice: n, asOf: asOf.UTC(), dry: dry, asked: map[string]answer{}, report: report}, nil
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
	t, err := s.strict(ctx, t)
	if err != nil {
		return err
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
		whole = s.outlived(t, join(due, " AND "))
		all := task{table: t, category: strings.Join(cats, ", "), categories: cats, term: joinTerms(cats, terms), due: whole, actionName: Removed}
		if err := s.do(ctx, all); err != nil {
			return err
		}
	}
	for _, p := range parts {
		if _, witness := s.Witnesses[t.Name]; len(p.fields) == 0 || len(cats) == 1 && !witness {
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
	due, err := s.look(ctx, k)
	if err != nil || s.dry || !due {
		return err
	}
	record := &destruction{At: clock.At(s.DB.Clock().Now()), AsOf: clock.At(s.asOf), Table: k.table.Name, Category: k.category, Term: k.term, Action: k.actionName}
	var after id.ID
	for more := true; more; {
		var n int64
		n, more, err = s.batch(ctx, k, record, &after)
		s.report.add(s.scope, k, n)
		if err != nil {
			return err
		}
	}
	return nil
}

// look tells whether anything is due, and counts what a dry run would do and what
// is due and held.
func (s *sweep) look(ctx context.Context, k task) (due bool, err error) {
	err = s.DB.Read(ctx, s.scope, func(tx *store.Tx) error {
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
		first, err := k.table.Span(ctx, tx, w, id.ID{}, 1)
		due = first.Rows > 0
		return err
	})
	return due, err
}

// A batch of rows that have files is small: those go while the database waits, so
// that no hold can come between. The others go in one statement, in batches short
// enough that who writes meanwhile waits for some hundredths of a second.
const (
	withFiles = 50
	without   = 2000
	// PostgreSQL lets the others write meanwhile.
	withoutPostgres = 20_000
)

func (s *sweep) without() int {
	if s.DB.Engine() == "postgres" {
		return withoutPostgres
	}
	return without
}

// batch removes some rows. It asks for the holds in the transaction that removes.
func (s *sweep) batch(ctx context.Context, k task, record *destruction, after *id.ID) (n int64, more bool, err error) {
	before := *record
	last := *after
	err = s.DB.Write(ctx, s.scope, func(tx *store.Tx) error {
		holds, err := hold.Lock(ctx, tx)
		if err != nil {
			return err
		}
		w, _, _ := k.where(s, holds)
		if k.table.HasFiles() {
			n, last, err = s.oneByOne(ctx, tx, k, w, *after)
			more = n == withFiles
		} else {
			n, last, err = stretch(ctx, tx, k, w, *after, s.without())
			more = n == int64(s.without())
		}
		if err != nil || n == 0 {
			return err
		}
		return s.note(ctx, tx, k, record, n)
	})
	if err != nil {
		*record = before // the line says what was committed
		return 0, false, err
	}
	*after = last
	return n, more, nil
}

// stretch removes or empties the next rows in one statement.
func stretch(ctx context.Context, tx *store.Tx, k task, w rowset.Where, after id.ID, most int) (n int64, last id.ID, err error) {
	sp, err := k.table.Span(ctx, tx, w, after, most)
	if err != nil || sp.Rows == 0 {
		return 0, after, err
	}
	if k.fields == nil {
		n, err = k.table.DeleteSpan(ctx, tx, sp)
	} else {
		n, err = k.table.BlankSpan(ctx, tx, sp, k.fields)
	}
	return n, sp.Last, err
}

// oneByOne removes or empties the next rows after their files.
func (s *sweep) oneByOne(ctx context.Context, tx *store.Tx, k task, w rowset.Where, after id.ID) (n int64, last id.ID, err error) {
	rows, err := k.table.Keys(ctx, tx, w, after, withFiles)
	if err != nil || len(rows) == 0 {
		return 0, after, err
	}
	if _, err := k.table.DropFiles(ctx, s.Files, s.scope, rows, k.drops); err != nil {
		return 0, after, err
	}
	if k.fields == nil {
		_, err = k.table.Delete(ctx, tx, rows)
	} else {
		err = k.table.Blank(ctx, tx, rows, k.fields)
	}
	return int64(len(rows)), rows[len(rows)-1].ID, err
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
