package audit_test

import (
	"context"
	"testing"

	"amanah/internal/audit"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
)

func recordOld(t testing.TB, b *storetest.Bundle, tenant id.Tenant, who id.Subject) {
	t.Helper()
	write(t, b, b.Scope(tenant), func(tx *store.Tx) error {
		return audit.RecordOld(context.Background(), tx, "signin", who)
	})
}

func verifyChain(b *storetest.Bundle, tenant id.Tenant) (c audit.Chain, err error) {
	ctx := context.Background()
	err = b.Read(ctx, b.Scope(tenant), func(tx *store.Tx) error {
		c, err = audit.VerifyChain(ctx, tx)
		return err
	})
	return c, err
}

func TestVerifyChain_findsEveryChange(t *testing.T) {
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
					recordOld(t, b, tenant, who)
				}
				if c, err := verifyChain(b, tenant); err != nil || c.Rows != 5 || c.First != 1 || c.Last != 5 {
					t.Fatalf("%+v, %v", c, err)
				}
				if exec(t, b, b.Scope(tenant), text) == 0 {
					t.Fatal("nothing was changed")
				}
				if c, err := verifyChain(b, tenant); !fault.Is(err, fault.Conflict) {
					t.Errorf("not found: %+v, %v", c, err)
				}
			})
		})
	}
}

// What erasure and retention do leaves the chain whole.
func TestVerifyChain_afterErasureAndRetention(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		tenant, rina, dewi := b.Tenant(), b.Subject(), b.Subject()
		for _, who := range []id.Subject{rina, dewi, rina, dewi} {
			recordOld(t, b, tenant, who)
		}
		s := b.Scope(tenant)
		exec(t, b, s, "UPDATE audit_log SET subject = NULL, salt = NULL WHERE subject = $1", rina)
		exec(t, b, s, "UPDATE audit_log SET actor = NULL, actor_salt = NULL WHERE actor = $1", rina)
		exec(t, b, s, "DELETE FROM audit_log WHERE seq = 1")
		if c, err := verifyChain(b, tenant); err != nil || c.Rows != 3 || c.First != 2 {
			t.Errorf("%+v, %v", c, err)
		}
		exec(t, b, s, "DELETE FROM audit_log")
		if _, err := verifyChain(b, tenant); err != nil {
			t.Error(err)
		}
	})
}

// The end of an older chain is written into the log once, and again when an older
// program beside this one has added to it.
func TestAnchor(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, l := context.Background(), newLog(t, b)
		tenant, rina := b.Tenant(), b.Subject()
		anchor := func() {
			t.Helper()
			known := anchors(t, l)
			write(t, b, in(l, tenant), func(tx *store.Tx) error { _, err := known.Anchor(ctx, tx); return err })
			order(t, l)
		}
		anchor()
		if s := verify(t, l); s.Size != 0 {
			t.Fatalf("no chain, but %+v", s)
		}
		recordOld(t, b, tenant, rina)
		anchor()
		anchor()
		if s := verify(t, l); s.Size != 1 {
			t.Errorf("%+v, want one entry", s)
		}
		recordOld(t, b, tenant, rina)
		anchor()
		if s := verify(t, l); s.Size != 2 {
			t.Errorf("%+v, want two entries", s)
		}
		exec(t, b, b.Scope(tenant), "UPDATE audit_log SET act = 'x' WHERE seq = 1")
		known := anchors(t, l)
		err := b.Write(ctx, in(l, tenant), func(tx *store.Tx) error { _, err := known.Anchor(ctx, tx); return err })
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("anchored a broken chain: %v", err)
		}
	})
}

func anchors(t testing.TB, l *audit.Log) audit.Anchors {
	t.Helper()
	known, err := l.Anchors(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return known
}
