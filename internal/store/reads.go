package store

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"amanah/internal/clock"
	"amanah/internal/id"
)

// Reads hears which tables of the data map transactions read, and about whom. The
// store tells it of every transaction in which a person, staff or a visitor acts:
// a module can neither forget nor skip it.
type Reads interface {
	// Note takes what one transaction read. It is on the way of every request.
	Note(s Scope, at clock.Instant, reads []Read)
	// Flush makes durable what was noted. The store waits for it where staff read,
	// before what they read leaves the transaction.
	Flush(ctx context.Context) error
}

// Read is what a transaction read of a table: rows about a person, or, where the
// store cannot tell about whom, the tenant's whole table.
type Read struct {
	Table   string
	Subject id.Subject
	Whole   bool
	Rows    int64
}

// The kinds of actors whose reads are noted. What a job reads, or the program to
// find out who a visitor is, is shown to nobody: what leaves is in the record of
// transfers.
const (
	Staff    = "staff"
	Operator = "operator"
	person   = "person"
)

// watched tells whether reads of a scope are noted.
func (db *DB) watched(s Scope) bool {
	switch s.Actor.Kind {
	case person, Staff, Operator:
		return db.reads != nil
	}
	return false
}

// strict tells whether a scope's reads must be durable before they are shown.
func strict(s Scope) bool { return s.Actor.Kind == Staff || s.Actor.Kind == Operator }

// note adds a row of a table to what the transaction has read.
func (tx *Tx) note(table string, who id.Subject, whole bool) {
	rows := int64(1)
	for i := range tx.reads {
		if r := &tx.reads[i]; r.Subject == who && r.Whole == whole && r.Table == table {
			r.Rows += rows
			return
		}
	}
	if len(tx.reads) >= mostReads {
		// Rather more people than were read than one forgotten.
		tx.reads = slices.DeleteFunc(tx.reads, func(r Read) bool {
			if r.Table == table && !r.Whole {
				rows += r.Rows
				return true
			}
			return false
		})
		who, whole = id.Subject{}, true
		if i := slices.IndexFunc(tx.reads, func(r Read) bool { return r.Table == table && r.Whole }); i >= 0 {
			tx.reads[i].Rows += rows
			return
		}
	}
	tx.reads = append(tx.reads, Read{table, who, whole, rows})
}

// mostReads is how many people a transaction's note names; of more it says the
// whole table.
const mostReads = 1024

// noteRow adds a row that a typed function read, with the people that it names.
func (tx *Tx) noteRow(t *Table, people []id.Subject) {
	named := false
	for _, who := range people {
		if !who.IsZero() {
			tx.note(t.Name, who, false)
			named = true
		}
	}
	if !named && len(t.Subjects) == 0 {
		tx.note(t.Name, id.Subject{}, true)
	}
}

// told tells the log what the transaction read.
func (tx *Tx) told(ctx context.Context) error {
	if len(tx.reads) == 0 {
		return nil
	}
	tx.db.reads.Note(tx.scope, tx.Now(), tx.reads)
	tx.reads = nil
	if strict(tx.scope) {
		return tx.db.reads.Flush(context.WithoutCancel(ctx))
	}
	return nil
}

// readTexts finds the personal tables in query texts; texts are few and repeat.
type readTexts struct {
	tables map[string]*Table
	cache  sync.Map // text -> *readText
}

// readText is what a text reads. person is the number of the value that narrows it
// to one person, from 0; -1 where none does. named tells that a subject column is
// among what is selected.
type readText struct {
	tables []*Table
	person int
	named  bool
}

var (
	word = regexp.MustCompile(`[a-z_][a-z0-9_]*`)
	// sums are answers that hold a number about many rows, or about none.
	sums = regexp.MustCompile(`(?is)^\s*SELECT\s+(count\s*\(|cast\s*\(\s*sum|sum\s*\(|exists\s*\(|1\s+from)`)
	// either is what may widen a condition.
	either = regexp.MustCompile(`(?i)\b(or|not|union|case)\b`)
	equals = regexp.MustCompile(`([a-z_][a-z0-9_]*)\s*=\s*\$(\d+)`)
	// anyOf is a condition that one of several columns names one person.
	anyOf = regexp.MustCompile(`\(([a-z_]+) = \$(\d+)((?: OR [a-z_]+ = \$\d+)+)\)`)
)

func newReadTexts(m *Map) *readTexts {
	x := &readTexts{tables: map[string]*Table{}}
	for _, t := range m.tables {
		if t.personal {
			x.tables[t.Name] = t
		}
	}
	return x
}

func (x *readTexts) of(text string) *readText {
	if known, ok := x.cache.Load(text); ok {
		return known.(*readText)
	}
	r := x.parse(text)
	x.cache.Store(text, r)
	return r
}

func (x *readTexts) parse(text string) *readText {
	r := &readText{person: -1}
	if sums.MatchString(text) && !strings.Contains(strings.ToUpper(text), "GROUP BY") {
		return r
	}
	for _, w := range word.FindAllString(strings.ToLower(text), -1) {
		if t := x.tables[w]; t != nil && !slices.Contains(r.tables, t) {
			r.tables = append(r.tables, t)
		}
	}
	if len(r.tables) != 1 || len(r.tables[0].Subjects) == 0 {
		return r
	}
	t := r.tables[0]
	selected, _, _ := strings.Cut(strings.ToLower(text), " from ")
	for _, w := range word.FindAllString(selected, -1) {
		r.named = r.named || slices.Contains(t.Subjects, w)
	}
	rest := text
	if m := anyOf.FindStringSubmatch(text); m != nil {
		all := equals.FindAllStringSubmatch(m[0], -1)
		if !slices.ContainsFunc(all, func(e []string) bool { return e[2] != m[2] || !slices.Contains(t.Subjects, e[1]) }) {
			rest = strings.Replace(text, m[0], m[1]+" = $"+m[2], 1)
		}
	}
	if either.MatchString(rest) {
		return r
	}
	for _, m := range equals.FindAllStringSubmatch(rest, -1) {
		if n, err := strconv.Atoi(m[2]); err == nil && slices.Contains(t.Subjects, m[1]) {
			r.person = n - 1
		}
	}
	return r
}

// noted gives rows that note what is read of them.
func (tx *Tx) noted(rows Rows, text string, args []any) Rows {
	r := tx.db.readTexts.of(text)
	if len(r.tables) == 0 {
		return rows
	}
	n := &notedRows{Rows: rows, tx: tx, text: r}
	if r.person >= 0 && r.person < len(args) {
		n.who, _ = args[r.person].(id.Subject)
	}
	return n
}

// notedRows are the rows of a raw query.
type notedRows struct {
	Rows
	tx   *Tx
	text *readText
	who  id.Subject
}

// Next notes each row that there is.
func (n *notedRows) Next() bool {
	if !n.Rows.Next() {
		return false
	}
	switch {
	case !n.who.IsZero():
		n.tx.note(n.text.tables[0].Name, n.who, false)
	case !n.text.named:
		for _, t := range n.text.tables {
			n.tx.note(t.Name, id.Subject{}, true)
		}
	}
	return true
}

// Scan notes the people that a row names, where the text selects them.
func (n *notedRows) Scan(dest ...any) error {
	err := n.Rows.Scan(dest...)
	if err != nil || !n.who.IsZero() || !n.text.named {
		return err
	}
	some := false
	for _, d := range dest {
		if who, ok := d.(*id.Subject); ok {
			some = true
			if !who.IsZero() {
				n.tx.note(n.text.tables[0].Name, *who, false)
			}
		}
	}
	if !some { // read in another way than as a person
		n.tx.note(n.text.tables[0].Name, id.Subject{}, true)
	}
	return nil
}
