package consent_test

import (
	"bytes"
	"context"
	"io/fs"
	"testing"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/consent"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
)

var config = storetest.Config{Sets: []store.Set{consent.Tables()}, Migrations: []fs.FS{consent.Migrations()}}

var page = consent.Proof{Notice: "2.0", How: consent.ByPage, Lang: "id", IP: "203.0.113.7", Agent: "peramban"}

func TestConsent_actsInOrder(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, home, rina := context.Background(), b.Tenant(), b.Subject()
		type act func(context.Context, *store.Tx, id.Subject, string, consent.Proof) error
		for i, c := range []struct {
			do      act
			want    consent.State
			records int
		}{
			{nil, consent.None, 0},
			{consent.Give, consent.Given, 1},
			{consent.Give, consent.Given, 1},
			{consent.Withdraw, consent.Withdrawn, 2},
			{consent.Withdraw, consent.Withdrawn, 2},
			{consent.Give, consent.Given, 3},
		} {
			b.Manual().Add(time.Minute)
			write(t, b, home, func(tx *store.Tx) error {
				if c.do != nil {
					if err := c.do(ctx, tx, rina, "improve", page); err != nil {
						return err
					}
				}
				if s, err := consent.StateOf(ctx, tx, rina, "improve"); err != nil || s != c.want {
					t.Errorf("step %d: %q, %v, want %q", i, s, err, c.want)
				}
				if s, err := consent.StateOf(ctx, tx, rina, "train"); err != nil || s != consent.None {
					t.Errorf("step %d: another purpose is %q, %v", i, s, err)
				}
				h, err := consent.History(ctx, tx, rina)
				if err != nil || len(h) != c.records {
					t.Errorf("step %d: %d records, %v, want %d", i, len(h), err, c.records)
				}
				if len(h) > 0 && (h[0].State != c.want || h[0].Proof != page) {
					t.Errorf("step %d: the newest record is %+v", i, h[0])
				}
				return nil
			})
		}
	})
}

func TestConsent_objectionWithoutConsent(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, rina := context.Background(), b.Subject()
		write(t, b, b.Tenant(), func(tx *store.Tx) error {
			if err := consent.Withdraw(ctx, tx, rina, "improve", page); err != nil {
				return err
			}
			s, err := consent.StateOf(ctx, tx, rina, "improve")
			if s != consent.Withdrawn {
				t.Errorf("after an objection the state is %q", s)
			}
			return err
		})
	})
}

// Two acts at one moment never give two records of one number.
func TestConsent_race(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, home, rina := context.Background(), b.Tenant(), b.Subject()
		errs := make(chan error)
		for range 6 {
			go func() {
				errs <- b.Write(ctx, b.Scope(home), func(tx *store.Tx) error { return consent.Give(ctx, tx, rina, "improve", page) })
			}()
		}
		for range 6 {
			if err := <-errs; err != nil && !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
		}
		write(t, b, home, func(tx *store.Tx) error {
			h, err := consent.History(ctx, tx, rina)
			if len(h) != 1 {
				t.Errorf("%d records", len(h))
			}
			return err
		})
	})
}

func TestSignUp_records(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, home, rina := context.Background(), b.Tenant(), b.Subject()
		d := identity.Device{IP: "203.0.113.7", Agent: "peramban", Lang: "en"}
		write(t, b, home, func(tx *store.Tx) error {
			if err := (consent.ForSignUp{}).Accept(ctx, tx, identity.Acceptance{Subject: rina, Notice: "2.0", Terms: "1.0", Device: d}); err != nil {
				return err
			}
			return consent.ForSignUp{}.Give(ctx, tx, identity.Choice{Subject: rina, Purpose: "improve", Notice: "2.0", Device: d})
		})
		write(t, b, home, func(tx *store.Tx) error {
			a, err := consent.Acceptances(ctx, tx, rina)
			if err != nil || len(a) != 1 || a[0].Terms != "1.0" || a[0].Proof != (consent.Proof{Notice: "2.0", How: consent.BySignUp, Lang: "en", IP: d.IP, Agent: d.Agent}) {
				t.Errorf("acceptances %+v, %v", a, err)
			}
			for version, want := range map[string]bool{"2.0": true, "2.1": false} {
				if ok, err := consent.Current(ctx, tx, rina, version); err != nil || ok != want {
					t.Errorf("version %s accepted: %v, %v", version, ok, err)
				}
			}
			// The address stands sealed in the column.
			var raw []byte
			if err := tx.QueryRow(ctx, "SELECT ip FROM acceptances WHERE tenant_id = $1", []any{home}, &raw); err != nil {
				return err
			}
			if len(raw) == 0 || bytes.Contains(raw, []byte(d.IP)) {
				t.Errorf("the column holds %q", raw)
			}
			return nil
		})
		// Another service knows nothing of it.
		write(t, b, b.Tenant(), func(tx *store.Tx) error {
			a, err := consent.Acceptances(ctx, tx, rina)
			if len(a) != 0 {
				t.Errorf("another service reads %v", a)
			}
			return err
		})
	})
}

func TestProof_isNeeded(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx := context.Background()
		write(t, b, b.Tenant(), func(tx *store.Tx) error {
			for name, err := range map[string]error{
				"no version": consent.Give(ctx, tx, b.Subject(), "improve", consent.Proof{How: consent.ByPage}),
				"no act":     consent.Accept(ctx, tx, b.Subject(), "", consent.Proof{Notice: "2.0"}),
				"no person":  consent.Give(ctx, tx, id.Subject{}, "improve", page),
				"no purpose": consent.Withdraw(ctx, tx, b.Subject(), "", page),
			} {
				if err == nil {
					t.Errorf("%s was recorded", name)
				}
			}
			return nil
		})
	})
}

func write(t *testing.T, b *storetest.Bundle, home id.Tenant, f func(*store.Tx) error) {
	t.Helper()
	if err := b.Write(context.Background(), b.Scope(home), f); err != nil {
		t.Fatal(err)
	}
}
