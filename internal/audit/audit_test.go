package audit_test

import (
	"context"
	"crypto/ed25519"
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

// key is the tests' signing key.
var key = ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))

func public(k ed25519.PrivateKey) ed25519.PublicKey { return k.Public().(ed25519.PublicKey) }

func newLog(t testing.TB, b *storetest.Bundle) *audit.Log {
	t.Helper()
	signer, err := audit.Signer(public(key), func(text []byte) ([]byte, error) { return ed25519.Sign(key, text), nil })
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := audit.Verifier(public(key))
	if err != nil {
		t.Fatal(err)
	}
	home := b.Scope(b.Tenant())
	home.Home = home.Tenant
	l, err := audit.New(audit.Config{DB: b.DB, Home: home, Signer: signer, Verifier: verifier})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// in is a scope of a workspace of the log's service.
func in(l *audit.Log, tenant id.Tenant) store.Scope {
	s := l.Home
	s.Tenant = tenant
	return s
}

func write(t testing.TB, b *storetest.Bundle, s store.Scope, f func(*store.Tx) error) {
	t.Helper()
	if err := b.Write(context.Background(), s, f); err != nil {
		t.Fatal(err)
	}
}

func record(t testing.TB, b *storetest.Bundle, s store.Scope, actor, who id.Subject, name string) {
	t.Helper()
	s.Actor.ID = id.ID(actor)
	write(t, b, s, func(tx *store.Tx) error {
		return audit.Record(context.Background(), tx, audit.Act{Name: name, Subject: who, Object: "account", Count: 1, Told: true})
	})
}

func order(t testing.TB, l *audit.Log) {
	t.Helper()
	ctx := context.Background()
	if _, err := l.Order(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Checkpoint(ctx, true); err != nil {
		t.Fatal(err)
	}
}

func verify(t testing.TB, l *audit.Log) audit.Summary {
	t.Helper()
	s, err := l.Verify(context.Background())
	if err != nil {
		t.Fatal(err, errors.Unwrap(err))
	}
	return s
}

func exec(t testing.TB, b *storetest.Bundle, s store.Scope, text string, args ...any) (n int64) {
	t.Helper()
	write(t, b, s, func(tx *store.Tx) (err error) {
		n, err = tx.Exec(context.Background(), text, args...)
		return err
	})
	return n
}

// Whatever is changed in the database is found.
func TestVerify_findsEveryChange(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"another act":            "UPDATE audit_entries SET act = 'x' WHERE seq = 3",
		"another count":          "UPDATE audit_entries SET count_of = 9 WHERE seq = 3",
		"another time":           "UPDATE audit_entries SET at = at + 1 WHERE seq = 3",
		"another purpose":        "UPDATE audit_entries SET purpose = 'x' WHERE seq = 3",
		"another actor":          "UPDATE audit_entries SET actor = '01933f2e-7c00-7000-8000-000000000009' WHERE seq = 3",
		"another person":         "UPDATE audit_entries SET subject = '01933f2e-7c00-7000-8000-000000000009' WHERE seq = 3",
		"another commitment":     "UPDATE audit_entries SET mark = actor_mark WHERE seq = 3",
		"an entry removed":       "DELETE FROM audit_entries WHERE seq = 3",
		"the first removed":      "DELETE FROM audit_entries WHERE seq = 1",
		"the last removed":       "DELETE FROM audit_entries WHERE seq = 5",
		"an entry moved":         "UPDATE audit_entries SET seq = 40 WHERE seq = 3",
		"all removed":            "DELETE FROM audit_entries",
		"the hashes cut":         "UPDATE audit_blocks SET hashes = NULL",
		"the hashes removed":     "DELETE FROM audit_blocks",
		"another root":           "UPDATE audit_blocks SET root = hashes",
		"a smaller size":         "UPDATE audit_trees SET size = 4",
		"a larger size":          "UPDATE audit_trees SET size = 6",
		"no size":                "DELETE FROM audit_trees",
		"another checkpoint":     "UPDATE audit_checkpoints SET note = replace(note, '5', '6')",
		"a checkpoint elsewhere": "UPDATE audit_checkpoints SET size = 4",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
				l, who := newLog(t, b), b.Subject()
				for range 5 {
					record(t, b, l.Home, who, b.Subject(), "signin")
				}
				order(t, l)
				if s := verify(t, l); s.Size != 5 || s.Entries != 5 || s.Checkpoints != 1 || s.Covered != 5 {
					t.Fatalf("%+v", s)
				}
				if exec(t, b, l.Home, text) == 0 {
					t.Fatal("nothing was changed")
				}
				s, err := l.Verify(context.Background())
				var at *audit.Break
				if !fault.Is(err, fault.Conflict) || !errors.As(err, &at) {
					t.Fatalf("not found: %+v, %v", s, err)
				}
				if at.First == 0 && at.Why == "" {
					t.Errorf("found, but not said where: %+v", at)
				}
			})
		})
	}
}

// A change that also mends the hashes is found by the checkpoint's root.
func TestVerify_forgedAfterTheCheckpoint(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		l, other := newLog(t, b), newLog(t, b)
		for _, x := range []*audit.Log{l, other} {
			record(t, b, x.Home, b.Subject(), b.Subject(), "signin")
			order(t, x)
		}
		// The other log's only entry, block and size are put in place of this one's.
		write(t, b, l.Home, func(tx *store.Tx) error {
			for _, text := range []string{"DELETE FROM audit_entries WHERE tenant_id = $1", "DELETE FROM audit_blocks WHERE tenant_id = $1"} {
				if _, err := tx.Exec(context.Background(), text, tx.Tenant()); err != nil {
					return err
				}
			}
			return nil
		})
		err := b.System(context.Background(), store.UseCheck, store.Actor{Kind: "test"}, func(tx *store.Tx) error {
			for _, table := range []string{"audit_entries", "audit_blocks"} {
				if _, err := tx.Exec(context.Background(), "UPDATE "+table+" SET tenant_id = $1 WHERE tenant_id = $2", l.Home.Tenant, other.Home.Tenant); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = l.Verify(context.Background())
		var at *audit.Break
		if !errors.As(err, &at) || at.First != 1 || at.Last != 1 {
			t.Errorf("%v, %+v", err, at)
		}
	})
}

func TestRecord_standsWithItsTransaction(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, l, who := context.Background(), newLog(t, b), b.Subject()
		workspace := in(l, b.Tenant())
		record(t, b, workspace, who, who, "signin")
		undone := errors.New("undone")
		err := b.Write(ctx, workspace, func(tx *store.Tx) error {
			if err := audit.Record(ctx, tx, audit.Act{Name: "export.made", Subject: who}); err != nil {
				return err
			}
			return undone
		})
		if !errors.Is(err, undone) {
			t.Fatal(err)
		}
		record(t, b, l.Home, who, who, "signout")
		order(t, l)
		if s := verify(t, l); s.Size != 2 || s.Entries != 2 {
			t.Errorf("%+v", s)
		}
		if n := exec(t, b, workspace, "DELETE FROM audit_entries"); n != 0 {
			t.Errorf("%d entries are still in the workspace: they go with it", n)
		}
	})
}

func TestRecord_wrongWords(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, l := context.Background(), newLog(t, b)
		for _, a := range []audit.Act{{}, {Name: "a\tb"}, {Name: "a", Object: "b\nc"}} {
			err := b.Write(ctx, l.Home, func(tx *store.Tx) error { return audit.Record(ctx, tx, a) })
			if !fault.Is(err, fault.Internal) {
				t.Errorf("%+v: %v", a, err)
			}
		}
	})
}

// Writers and two who put in order at the same time make one log.
func TestOrder_atOnce(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, l, who := context.Background(), newLog(t, b), b.Subject()
		const n = 24
		errs := make(chan error)
		for i := range n {
			go func() {
				errs <- b.Write(ctx, in(l, b.Tenant()), func(tx *store.Tx) error {
					return audit.Record(ctx, tx, audit.Act{Name: "signin", Subject: who})
				})
			}()
			if i%8 == 0 {
				go func() { _, err := l.Order(ctx); errs <- err }()
			}
		}
		for range n + n/8 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		order(t, l)
		if s := verify(t, l); s.Entries != n || s.Covered != n {
			t.Errorf("%+v", s)
		}
	})
}

// One service's log knows nothing of another's.
func TestOrder_otherService(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		l, other := newLog(t, b), newLog(t, b)
		record(t, b, other.Home, b.Subject(), b.Subject(), "signin")
		order(t, l)
		if s := verify(t, l); s.Size != 0 {
			t.Errorf("%+v", s)
		}
	})
}

func TestActivity(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, tenant, rina, dewi := context.Background(), b.Tenant(), b.Subject(), b.Subject()
		for _, name := range []string{"signin", "export.made", "signout"} {
			record(t, b, b.Scope(tenant), rina, rina, name)
			record(t, b, b.Scope(tenant), dewi, dewi, "signin")
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
