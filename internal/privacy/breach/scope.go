package breach

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/rights/rowset"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/vault"
)

// Query says what leaked, as far as it is known: whose access, which rows, when.
// What is zero does not narrow; a query must narrow something.
type Query struct {
	Account    id.Subject    `json:"account,omitzero"`    // the account that was used
	Credential id.ID         `json:"credential,omitzero"` // the session or token
	Address    vault.Index   `json:"address,omitzero"`    // of the client, as a blind index
	Table      string        `json:"table,omitempty"`
	Category   string        `json:"category,omitempty"`
	Tenant     id.Tenant     `json:"tenant,omitzero"` // the workspace that was read
	From       clock.Instant `json:"from,omitzero"`
	To         clock.Instant `json:"to,omitzero"`
}

// Person is somebody of whom something was, or may have been, read.
type Person struct {
	Subject     id.Subject
	Categories  []string
	Tables      []string
	Rows        int64 // 0 where whole tables alone were read
	First, Last clock.Instant
}

// Summary is a scope without the people.
type Summary struct {
	People     int64            `json:"people"`
	Categories map[string]int64 `json:"categories"` // how many people each concerns
	Tables     map[string]int64 `json:"tables"`     // likewise
	Rows       int64            `json:"rows_read"`
	// Whole counts tables of workspaces of which any row may have been read.
	Whole int `json:"whole_tables"`
	// Erased counts readings of people whose data has been erased since.
	Erased int64         `json:"erased_since"`
	First  clock.Instant `json:"first_read,omitzero"`
	Last   clock.Instant `json:"last_read,omitzero"`
}

// Scope is whom a query concerns, in the order of their ids.
type Scope struct {
	Summary
	People []Person
}

// sum is what is known of a person while the log is read.
type sum struct {
	tables      []int // sorted, of counter.names
	rows        int64
	first, last clock.Instant
}

type place struct {
	tenant id.Tenant
	table  string
}

// counter adds readings up.
type counter struct {
	schema *rowset.Schema
	query  Query
	names  []string
	number map[string]int
	people map[id.Subject]*sum
	whole  map[place]audit.Exposure
	out    Scope
}

// Compute finds whom and what a query concerns. It opens transactions of its own.
// Fault Invalid where the query narrows nothing.
func (s *Service) Compute(ctx context.Context, service string, q Query) (*Scope, error) {
	const op = "breach.Compute"
	f, err := s.filter(q)
	if err != nil {
		return nil, err
	}
	if s.cfg.Flush != nil {
		if err := s.cfg.Flush(ctx); err != nil {
			return nil, fault.Wrap(op, err)
		}
	}
	home := s.cfg.Home(service)
	c := &counter{schema: s.cfg.Schema, query: q, number: map[string]int{}, people: map[id.Subject]*sum{}, whole: map[place]audit.Exposure{}}
	err = s.cfg.DB.Read(ctx, home, func(tx *store.Tx) error {
		for e, err := range audit.Exposed(ctx, tx, f) {
			if err != nil {
				return err
			}
			c.take(e)
		}
		return nil
	})
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	for at, e := range c.whole {
		if err := s.everybody(ctx, home, c, at, e); err != nil {
			return nil, fault.Wrap(op, err)
		}
	}
	return c.done(), nil
}

// filter turns a query into the read log's.
func (s *Service) filter(q Query) (audit.Filter, error) {
	const op = "breach.filter"
	f := audit.Filter{Actor: q.Account, Credential: q.Credential, Address: q.Address, From: q.From, To: q.To}
	if q.Table != "" {
		f.Tables = []string{q.Table}
	}
	if q.Category != "" {
		f.Tables = nil
		for _, t := range s.cfg.Schema.Tables() {
			if slices.Contains(t.Categories(), q.Category) && (q.Table == "" || q.Table == t.Name) {
				f.Tables = append(f.Tables, t.Name)
			}
		}
		if len(f.Tables) == 0 {
			return f, fault.New(fault.Invalid, op, "breach.category.unknown").On("category")
		}
	}
	switch {
	case q.Account.IsZero() && q.Credential.IsZero() && q.Address.IsZero() && len(f.Tables) == 0 && q.Tenant.IsZero() && (q.From.IsZero() || q.To.IsZero()):
		return f, fault.New(fault.Invalid, op, "breach.query.empty").On("credential")
	case !q.From.IsZero() && !q.To.IsZero() && q.To < q.From:
		return f, fault.New(fault.Invalid, op, "breach.query.span").On("to")
	}
	if q.Table != "" {
		if _, ok := s.cfg.Schema.Table(q.Table); !ok {
			return f, fault.New(fault.Invalid, op, "breach.table.unknown").On("table")
		}
	}
	return f, nil
}

func (c *counter) take(e audit.Exposure) {
	if !c.query.Tenant.IsZero() && e.Tenant != c.query.Tenant {
		return
	}
	if c.out.First.IsZero() || e.First < c.out.First {
		c.out.First = e.First
	}
	c.out.Last = max(c.out.Last, e.Last)
	c.out.Rows += e.Rows
	switch {
	case e.Whole:
		c.whole[place{e.Tenant, e.Table}] = e
	case e.Subject.IsZero():
		c.out.Erased++
	default:
		c.add(e.Subject, e.Table, e.Rows, e.First, e.Last)
	}
}

func (c *counter) add(who id.Subject, table string, rows int64, first, last clock.Instant) {
	n, known := c.number[table]
	if !known {
		n = len(c.names)
		c.number[table], c.names = n, append(c.names, table)
	}
	p := c.people[who]
	if p == nil {
		p = &sum{first: first}
		c.people[who] = p
	}
	if i, has := slices.BinarySearch(p.tables, n); !has {
		p.tables = slices.Insert(p.tables, i, n)
	}
	p.rows, p.first, p.last = p.rows+rows, min(p.first, first), max(p.last, last)
}

// everybody adds all whom rows of a table name; of a table that names nobody, the
// members of its workspace. Rows that came later count too: the log does not say
// which were there.
func (s *Service) everybody(ctx context.Context, home store.Scope, c *counter, at place, e audit.Exposure) error {
	c.out.Whole++
	t, ok := s.cfg.Schema.Table(at.table)
	if !ok {
		return nil // a table that is gone names nobody
	}
	if len(t.Subjects) == 0 {
		return s.cfg.DB.Read(ctx, home, func(tx *store.Tx) error {
			members, err := tenant.Members(ctx, tx, at.tenant)
			for _, m := range members {
				c.add(m.Subject, at.table, 0, e.First, e.Last)
			}
			return err
		})
	}
	inside := home
	inside.Tenant = at.tenant
	return s.cfg.DB.Read(ctx, inside, func(tx *store.Tx) error {
		for _, column := range t.Subjects {
			if err := c.column(ctx, tx, at.table, column, e); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *counter) column(ctx context.Context, tx *store.Tx, table, column string, e audit.Exposure) error {
	rows, err := tx.Query(ctx, "SELECT DISTINCT "+column+" FROM "+table+" WHERE tenant_id = $1 AND "+column+" IS NOT NULL", tx.Tenant())
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var who id.Subject
		if err := rows.Scan(&who); err != nil {
			return err
		}
		c.add(who, table, 0, e.First, e.Last)
	}
	return rows.Err()
}

// done turns sums into people. What tables say is worked out once for each set of
// tables: there are few.
func (c *counter) done() *Scope {
	type said struct{ tables, categories []string }
	sets := map[string]said{}
	c.out.Categories, c.out.Tables = map[string]int64{}, map[string]int64{}
	c.out.People = make([]Person, 0, len(c.people))
	var key strings.Builder
	for who, p := range c.people {
		key.Reset()
		for _, n := range p.tables {
			key.WriteRune(rune(n + 1))
		}
		says, known := sets[key.String()]
		if !known {
			for _, n := range p.tables {
				says.tables = append(says.tables, c.names[n])
				says.categories = append(says.categories, c.categories(c.names[n])...)
			}
			slices.Sort(says.tables)
			slices.Sort(says.categories)
			says.categories = slices.Compact(says.categories)
			sets[key.String()] = says
		}
		for _, t := range says.tables {
			c.out.Tables[t]++
		}
		for _, k := range says.categories {
			c.out.Categories[k]++
		}
		c.out.People = append(c.out.People, Person{Subject: who, Categories: says.categories, Tables: says.tables, Rows: p.rows, First: p.first, Last: p.last})
	}
	slices.SortFunc(c.out.People, func(a, b Person) int { return bytes.Compare(a.Subject[:], b.Subject[:]) })
	c.out.Summary.People = int64(len(c.out.People))
	return &c.out
}

// categories are those of a table, or the one that was asked for.
func (c *counter) categories(table string) []string {
	t, ok := c.schema.Table(table)
	if !ok {
		return nil
	}
	if c.query.Category != "" {
		return []string{c.query.Category}
	}
	return t.Categories()
}
