package audit_test

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"testing"
	"time"

	"amanah/internal/audit"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
)

var config = storetest.Config{Sets: []store.Set{audit.Tables()}, Migrations: []fs.FS{audit.Migrations()}}

func record(t testing.TB, b *storetest.Bundle, tenant id.Tenant, actor, who id.Subject, name string) {
	t.Helper()
	ctx := context.Background()
	s := b.Scope(tenant)
	s.Actor.ID = id.ID(actor)
	err := b.Write(ctx, s, func(tx *store.Tx) error {
		return audit.Record(ctx, tx, audit.Act{Name: name, Subject: who, Object: "account", Count: 1, Told: true})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func verify(b *storetest.Bundle, tenant id.Tenant) (c audit.Chain, err error) {
	ctx := context.Background()
	err = b.Read(ctx, b.Scope(tenant), func(tx *store.Tx) error {
		c, err = audit.Verify(ctx, tx)
		return err
	})
	return c, err
}

func exec(t testing.TB, b *storetest.Bundle, tenant id.Tenant, text string, args ...any) int64 {
	t.Helper()
	ctx := context.Background()
	var n int64
	err := b.Write(ctx, b.Scope(tenant), func(tx *store.Tx) (err error) {
		n, err = tx.Exec(ctx, text, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestVerify_findsEveryChange(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"another act":      "UPDATE audit_log SET act = 'x' WHERE seq = 3",
		"another count":    "UPDATE audit_log SET count_of = 9 WHERE seq = 3",
		"another time":     "UPDATE audit_log SET at = at + 1 WHERE seq = 3",
		"another purpose":  "UPDATE audit_log SET purpose = 'x' WHERE seq = 3",
		"another actor":    "UPDATE audit_log SET actor = '01933f2e-7c00-7000-8000-000000000009' WHERE seq = 3",
		"another person":   "UPDATE audit_log SET subject = '01933f2e-7c00-7000-8000-000000000009' WHERE seq = 3",
		"a row removed":    "DELETE FROM audit_log WHERE seq = 3",
		"the last removed": "DELETE FROM audit_log WHERE seq = 5",
		"rows swapped":     "UPDATE audit_log SET seq = CASE seq WHEN 3 THEN 40 ELSE seq END",
		"another hash":     "UPDATE audit_log SET hash = before_hash WHERE seq = 3",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
				tenant, who := b.Tenant(), b.Subject()
				for range 5 {
					record(t, b, tenant, who, who, "signin")
				}
				if c, err := verify(b, tenant); err != nil || c.Rows != 5 || c.First != 1 || c.Last != 5 {
					t.Fatalf("%+v, %v", c, err)
				}
				if exec(t, b, tenant, text) == 0 {
					t.Fatal("nothing was changed")
				}
				if c, err := verify(b, tenant); !fault.Is(err, fault.Conflict) {
					t.Errorf("not found: %+v, %v", c, err)
				}
			})
		})
	}
}

// What erasure and retention do leaves the chain whole.
func TestVerify_afterErasureAndRetention(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		tenant, rina, dewi := b.Tenant(), b.Subject(), b.Subject()
		for _, who := range []id.Subject{rina, dewi, rina, {}} {
			record(t, b, tenant, rina, who, "signin")
		}
		exec(t, b, tenant, "UPDATE audit_log SET subject = NULL, salt = NULL WHERE subject = $1", rina)
		exec(t, b, tenant, "UPDATE audit_log SET actor = NULL, actor_salt = NULL WHERE actor = $1", rina)
		exec(t, b, tenant, "DELETE FROM audit_log WHERE seq = 1")
		if c, err := verify(b, tenant); err != nil || c.Rows != 3 || c.First != 2 {
			t.Errorf("%+v, %v", c, err)
		}
		exec(t, b, tenant, "DELETE FROM audit_log")
		if _, err := verify(b, tenant); err != nil {
			t.Error(err)
		}
		record(t, b, tenant, dewi, dewi, "signin")
		if c, err := verify(b, tenant); err != nil || c.First != 5 {
			t.Errorf("%+v, %v", c, err)
		}
	})
}

func TestRecord_standsWithItsTransaction(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, tenant, who := context.Background(), b.Tenant(), b.Subject()
		record(t, b, tenant, who, who, "signin")
		undone := errors.New("undone")
		err := b.Write(ctx, b.Scope(tenant), func(tx *store.Tx) error {
			if err := audit.Record(ctx, tx, audit.Act{Name: "export.made", Subject: who}); err != nil {
				return err
			}
			return undone
		})
		if !errors.Is(err, undone) {
			t.Fatal(err)
		}
		record(t, b, tenant, who, who, "signout")
		if c, err := verify(b, tenant); err != nil || c.Rows != 2 || c.Last != 2 {
			t.Errorf("%+v, %v", c, err)
		}
	})
}

// Writers of one tenant at the same time make one chain.
func TestRecord_atOnce(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, tenant, who := context.Background(), b.Tenant(), b.Subject()
		const n = 24
		errs := make(chan error)
		for range n {
			go func() {
				errs <- b.Write(ctx, b.Scope(tenant), func(tx *store.Tx) error {
					return audit.Record(ctx, tx, audit.Act{Name: "signin", Subject: who})
				})
			}()
		}
		for range n {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		if c, err := verify(b, tenant); err != nil || c.Rows != n {
			t.Errorf("%+v, %v", c, err)
		}
	})
}

func TestActivity(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, tenant, rina, dewi := context.Background(), b.Tenant(), b.Subject(), b.Subject()
		for _, name := range []string{"signin", "export.made", "signout"} {
			record(t, b, tenant, rina, rina, name)
			record(t, b, tenant, dewi, dewi, "signin")
			b.Manual().Add(time.Second)
		}
		var got []string
		var before id.ID
		for range 3 { // two lines a page
			err := b.Read(ctx, b.Scope(tenant), func(tx *store.Tx) error {
				lines, err := audit.Activity(ctx, tx, rina, before, 2)
				for _, l := range lines {
					got, before = append(got, l.Act), l.ID
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if want := []string{"signout", "export.made", "signin"}; !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	})
}
