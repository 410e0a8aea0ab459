package audit_test

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
)

// letter and setting are what is read: one names people, the other none.
type letter struct {
	store.Row `table:"rl_letters" subject:"subject,other"`
	Subject   id.Subject `data:"none"`
	Other     id.Subject `data:"none"`
	Title     string     `data:"mail.subject"`
}

type setting struct {
	store.Row `table:"rl_settings" subject:"-"`
	Title     string `data:"account.name"`
}

type counter struct {
	store.Row `table:"rl_counters" subject:"-"`
	Title     string `data:"none"`
}

var readConfig = storetest.Config{
	Sets: []store.Set{audit.Tables(), {Module: "rl", Rows: []any{letter{}, setting{}, counter{}}}},
	Migrations: []fs.FS{audit.Migrations(), fstest.MapFS{"20261124099_rl.sql": &fstest.MapFile{Data: []byte(`-- +goose Up
CREATE TABLE rl_letters (tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT, other TEXT, title TEXT NOT NULL, PRIMARY KEY (tenant_id, id));
CREATE TABLE rl_settings (tenant_id TEXT NOT NULL, id TEXT NOT NULL, title TEXT NOT NULL, PRIMARY KEY (tenant_id, id));
CREATE TABLE rl_counters (tenant_id TEXT NOT NULL, id TEXT NOT NULL, title TEXT NOT NULL, PRIMARY KEY (tenant_id, id));
`)}}},
}

type reading struct {
	*storetest.Bundle
	reads      *audit.Reads
	home       store.Scope
	rina, dewi id.Subject
	place      id.Tenant
}

func newReading(t *testing.T, b *storetest.Bundle) *reading {
	t.Helper()
	r := &reading{Bundle: b, rina: b.Subject(), dewi: b.Subject(), place: b.Tenant(), home: b.Scope(b.Tenant())}
	r.home.Home, r.home.Actor.Kind = r.home.Tenant, "job"
	r.reads = audit.NewReads(b.DB, nil)
	t.Cleanup(func() {
		if err := r.reads.Close(); err != nil {
			t.Error(err)
		}
	})
	s := r.home
	s.Tenant = r.place
	write(t, b, s, func(tx *store.Tx) error {
		for _, l := range []letter{{Subject: r.rina, Title: "a"}, {Subject: r.rina, Title: "b"}, {Subject: r.dewi, Title: "c"}, {Subject: r.dewi, Other: r.rina, Title: "d"}} {
			if err := store.Insert(t.Context(), tx, &l); err != nil {
				return err
			}
		}
		return errors.Join(store.Insert(t.Context(), tx, &setting{Title: "x"}), store.Insert(t.Context(), tx, &counter{Title: "x"}))
	})
	return r
}

// as is a scope of somebody in the place.
func (r *reading) as(kind string, who id.Subject) store.Scope {
	return store.Scope{Tenant: r.place, Home: r.home.Tenant, Service: "test", Purpose: "service",
		Actor: store.Actor{Kind: kind, ID: id.ID(who), Credential: id.ID(who), Address: [32]byte{1}}}
}

func (r *reading) exposed(t testing.TB, f audit.Filter) (out []audit.Exposure) {
	t.Helper()
	if err := r.reads.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	err := r.Read(t.Context(), r.home, func(tx *store.Tx) error {
		for e, err := range audit.Exposed(t.Context(), tx, f) {
			if err != nil {
				return err
			}
			e.First, e.Last = 0, 0
			out = append(out, e)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// raw asks and scans the first column as a person or a text.
func raw(text string, as func() any, args ...any) func(context.Context, *store.Tx) error {
	return func(ctx context.Context, tx *store.Tx) error {
		rows, err := tx.Query(ctx, text, append([]any{tx.Tenant()}, args...)...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := rows.Scan(as()); err != nil {
				return err
			}
		}
		return rows.Err()
	}
}

func TestReads_whatIsNoted(t *testing.T) {
	t.Parallel()
	text := func() any { return new(string) }
	someone := func() any { return new(id.Subject) }
	number := func() any { return new(int64) }
	type line struct {
		table string
		who   string // "rina", "dewi", or "" for the whole table
		rows  int64
	}
	storetest.Both(t, readConfig, func(t *testing.T, b *storetest.Bundle) {
		r := newReading(t, b)
		for name, c := range map[string]struct {
			do   func(context.Context, *store.Tx) error
			want []line
		}{
			"typed, one person": {func(ctx context.Context, tx *store.Tx) error {
				_, err := store.Find[letter](ctx, tx, "WHERE tenant_id = $1 AND title = 'a'", tx.Tenant())
				return err
			}, []line{{"rl_letters", "rina", 1}}},
			"typed, all": {func(ctx context.Context, tx *store.Tx) error {
				_, err := store.Find[letter](ctx, tx, "WHERE tenant_id = $1", tx.Tenant())
				return err
			}, []line{{"rl_letters", "rina", 3}, {"rl_letters", "dewi", 2}}},
			"typed, none there": {func(ctx context.Context, tx *store.Tx) error {
				_, err := store.Find[letter](ctx, tx, "WHERE tenant_id = $1 AND title = 'z'", tx.Tenant())
				return err
			}, nil},
			"typed, about nobody": {func(ctx context.Context, tx *store.Tx) error {
				_, err := store.Find[setting](ctx, tx, "WHERE tenant_id = $1", tx.Tenant())
				return err
			}, []line{{"rl_settings", "", 1}}},
			"not personal": {func(ctx context.Context, tx *store.Tx) error {
				_, err := store.Find[counter](ctx, tx, "WHERE tenant_id = $1", tx.Tenant())
				return err
			}, nil},
			"raw, by the person":           {raw("SELECT title FROM rl_letters WHERE tenant_id = $1 AND subject = $2", text, r.dewi), []line{{"rl_letters", "dewi", 2}}},
			"raw, by either column":        {raw("SELECT title FROM rl_letters WHERE tenant_id = $1 AND (subject = $2 OR other = $2)", text, r.rina), []line{{"rl_letters", "rina", 3}}},
			"raw, the person is selected":  {raw("SELECT subject FROM rl_letters WHERE tenant_id = $1", someone), []line{{"rl_letters", "rina", 2}, {"rl_letters", "dewi", 2}}},
			"raw, the person is no person": {raw("SELECT subject FROM rl_letters WHERE tenant_id = $1", text), []line{{"rl_letters", "", 4}}},
			"raw, the whole table":         {raw("SELECT title FROM rl_letters WHERE tenant_id = $1", text), []line{{"rl_letters", "", 4}}},
			"raw, or somebody else's":      {raw("SELECT title FROM rl_letters WHERE tenant_id = $1 AND (subject = $2 OR title = 'c')", text, r.rina), []line{{"rl_letters", "", 3}}},
			"raw, not the person's":        {raw("SELECT title FROM rl_letters WHERE tenant_id = $1 AND NOT subject = $2", text, r.rina), []line{{"rl_letters", "", 2}}},
			"raw, two tables":              {raw("SELECT a.title FROM rl_letters a JOIN rl_settings b ON b.tenant_id = a.tenant_id WHERE a.tenant_id = $1 AND a.subject = $2", text, r.rina), []line{{"rl_letters", "", 2}, {"rl_settings", "", 2}}},
			"a number alone":               {raw("SELECT COUNT(*) FROM rl_letters WHERE tenant_id = $1", number), nil},
		} {
			who := b.Subject()
			if err := b.Read(t.Context(), r.as("person", who), func(tx *store.Tx) error { return c.do(t.Context(), tx) }); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			var want, got []line
			want = append(want, c.want...)
			for _, e := range r.exposed(t, audit.Filter{Actor: who}) {
				l := line{table: e.Table, rows: e.Rows}
				switch e.Subject {
				case r.rina:
					l.who = "rina"
				case r.dewi:
					l.who = "dewi"
				}
				if e.Whole != (l.who == "") || e.Tenant != r.place {
					t.Errorf("%s: %+v", name, e)
				}
				got = append(got, l)
			}
			order := func(a, b line) int { return cmpLine(a.table+a.who, b.table+b.who) }
			slices.SortFunc(want, order)
			slices.SortFunc(got, order)
			if d := cmp.Diff(want, got, cmp.AllowUnexported(line{})); d != "" {
				t.Errorf("%s: %s", name, d)
			}
		}
	})
}

func cmpLine(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// A million times the same is one row an hour.
func TestReads_oneRowAnHour(t *testing.T) {
	t.Parallel()
	storetest.Both(t, readConfig, func(t *testing.T, b *storetest.Bundle) {
		r := newReading(t, b)
		look := func() {
			t.Helper()
			err := b.Read(t.Context(), r.as("person", r.rina), func(tx *store.Tx) error {
				_, err := store.Find[letter](t.Context(), tx, "WHERE tenant_id = $1 AND title = 'a'", tx.Tenant())
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		for range 20 {
			look()
			if err := r.reads.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		b.Manual().Add(time.Hour)
		look()
		if got := r.exposed(t, audit.Filter{}); len(got) != 1 || got[0].Rows != 21 {
			t.Errorf("%+v", got)
		}
		if n := exec(t, b, r.home, "UPDATE read_log SET row_count = row_count"); n != 2 {
			t.Errorf("%d rows, want 2", n)
		}
		now := clock.At(b.Clock.Now())
		for name, c := range map[string]struct {
			f    audit.Filter
			want int
		}{
			"the credential":      {audit.Filter{Credential: id.ID(r.rina)}, 1},
			"another one":         {audit.Filter{Credential: id.ID(r.dewi)}, 0},
			"the address":         {audit.Filter{Address: [32]byte{1}}, 1},
			"another address":     {audit.Filter{Address: [32]byte{2}}, 0},
			"the table":           {audit.Filter{Tables: []string{"rl_settings", "rl_letters"}}, 1},
			"another table":       {audit.Filter{Tables: []string{"rl_settings"}}, 0},
			"since":               {audit.Filter{From: now}, 1},
			"before":              {audit.Filter{To: now - clock.Instant(2*time.Hour/time.Microsecond)}, 0},
			"later":               {audit.Filter{From: now + clock.Instant(3*time.Hour/time.Microsecond)}, 0},
			"all of it, at once":  {audit.Filter{Actor: r.rina, Credential: id.ID(r.rina), Address: [32]byte{1}, Tables: []string{"rl_letters"}, From: 1, To: now}, 1},
			"somebody who is not": {audit.Filter{Actor: r.dewi}, 0},
		} {
			if got := r.exposed(t, c.f); len(got) != c.want {
				t.Errorf("%s: %+v", name, got)
			}
		}
	})
}

// What staff read is in the log when the transaction returns, and the person
// reads of it in the own log. What the program reads is not there.
func TestReads_staff(t *testing.T) {
	t.Parallel()
	storetest.Both(t, readConfig, func(t *testing.T, b *storetest.Bundle) {
		r, officer := newReading(t, b), b.Subject()
		look := func(kind string) {
			t.Helper()
			err := b.Read(t.Context(), r.as(kind, officer), func(tx *store.Tx) error {
				_, err := store.Find[letter](t.Context(), tx, "WHERE tenant_id = $1 AND title = 'a'", tx.Tenant())
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		look("job")
		if n := exec(t, b, r.home, "UPDATE read_log SET row_count = row_count"); n != 0 {
			t.Errorf("%d rows after a job", n)
		}
		look(store.Staff)
		if n := exec(t, b, r.home, "UPDATE read_log SET row_count = row_count WHERE actor_kind = 'staff'"); n != 1 {
			t.Errorf("%d rows right after staff read, want 1", n)
		}
		err := b.Read(t.Context(), r.home, func(tx *store.Tx) error {
			lines, err := audit.Activity(t.Context(), tx, r.rina, id.ID{}, 10)
			if err == nil && (len(lines) != 1 || lines[0].Act != "staff.read" || lines[0].Object != "rl_letters") {
				t.Errorf("the person's log: %+v", lines)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// closed is a gate that may refuse what the read log writes.
type closed struct{ atomic.Bool }

func (c *closed) Enter(_ context.Context, s store.Scope) error {
	if c.Load() && s.Purpose == "security" {
		return fault.New(fault.Unavailable, "test", "try_again")
	}
	return nil
}

func (c *closed) Use(store.Scope, id.Subject, string, store.Act) error { return nil }

// What could not be written is shown to no staff, and is not lost.
func TestReads_failing(t *testing.T) {
	t.Parallel()
	gate := new(closed)
	c := readConfig
	c.Gate = gate
	b := storetest.Open(t, "sqlite", c)
	r := newReading(t, b)
	gate.Store(true)
	err := b.Read(t.Context(), r.as(store.Staff, r.dewi), func(tx *store.Tx) error {
		_, err := store.Find[letter](t.Context(), tx, "WHERE tenant_id = $1 AND title = 'a'", tx.Tenant())
		return err
	})
	if !fault.Is(err, fault.Unavailable) {
		t.Errorf("staff saw what could not be written down: %v", err)
	}
	gate.Store(false)
	if got := r.exposed(t, audit.Filter{Actor: r.dewi}); len(got) != 1 || got[0].Rows != 1 {
		t.Errorf("lost: %+v", got)
	}
}
