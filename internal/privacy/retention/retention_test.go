package retention_test

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/hold"
	"amanah/internal/privacy/retention"
	"amanah/internal/privacy/rights/rightstest"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/tenant"
	"amanah/internal/vault"
)

var config = rightstest.Config([]store.Set{tenant.Tables(), deadline.Tables(), hold.Tables(), retention.Tables()}, []fs.FS{tenant.Migrations(), deadline.Migrations(), hold.Migrations(), retention.Migrations()})

// events knows which accounts were closed, and when.
type events map[id.Subject]time.Time

func (e events) Happened(_ context.Context, _ store.Scope, event string, until time.Time) ([]retention.Happening, bool, error) {
	if event != "account.closed" {
		return nil, false, nil
	}
	var out []retention.Happening
	for who, at := range e {
		if !at.After(until) {
			out = append(out, retention.Happening{Subject: who, At: at})
		}
	}
	return out, true, nil
}

// tenants are one home and one workspace.
type tenants struct{ w *rightstest.World }

func (t tenants) Tenants(context.Context) ([]store.Scope, error) {
	return []store.Scope{t.w.Home, t.w.In(t.w.Us)}, nil
}

func newRetention(t testing.TB, w *rightstest.World, e retention.Events) *retention.Retention {
	t.Helper()
	r, err := retention.New(retention.Config{DB: w.DB, Schema: w.Schema, Files: w.Keys(), Tenants: tenants{w}, Events: e, Notice: w.Notice})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const day = 24 * time.Hour

// The mail's content is kept for 90 days (mail.raw, mail.sender), the result of
// its check as long as the account (mail.auth).
func TestRun_mails(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name          string
		age           time.Duration
		closed        bool
		gone          bool
		raw, result   bool
		files, failed int
	}{
		{name: "young", age: 89 * day, raw: true, result: true, files: 1},
		{name: "a moment before it is due", age: 90*day - time.Microsecond, raw: true, result: true, files: 1},
		{name: "due to the microsecond", age: 90 * day, raw: false, result: true},
		{name: "old", age: 400 * day, raw: false, result: true},
		{name: "young, account closed", age: 10 * day, closed: true, raw: true, result: false, files: 1},
		{name: "old, account closed", age: 91 * day, closed: true, gone: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
				ctx := context.Background()
				e := events{}
				if c.closed {
					e[w.Rina] = storetest.Start.Add(-day)
				}
				m := &rightstest.Mail{Subject: w.Rina, At: clock.At(storetest.Start.Add(-c.age)), Title: "Transaksi", Raw: vault.Seal("isi"), Source: w.File(t, w.Rina, "isi"), Result: "pass", State: "read"}
				rightstest.Insert(t, w, w.Us, m)
				r := newRetention(t, w, e)
				if _, err := r.Run(ctx, storetest.Start, false); err != nil {
					t.Fatal(err)
				}
				got, err := get(ctx, w, m.ID)
				switch {
				case c.gone:
					if !fault.Is(err, fault.NotFound) {
						t.Fatalf("the row is there: %v", err)
					}
				case err != nil:
					t.Fatal(err)
				case (got.Raw.Reveal() != "") != c.raw || (got.Title != "") != c.raw || got.Source.IsZero() == c.raw || (got.Result != "") != c.result || got.State != "read" || got.At != m.At:
					t.Errorf("%+v, raw %q", got, got.Raw.Reveal())
				}
				if n := files(t, w); n != c.files {
					t.Errorf("%d files, want %d", n, c.files)
				}
				again, err := r.Run(ctx, storetest.Start, false)
				if err != nil || again.Rows() != 0 {
					t.Errorf("the second sweep did %+v, %v", again.Lines, err)
				}
			})
		})
	}
}

func get(ctx context.Context, w *rightstest.World, key id.ID) (m *rightstest.Mail, err error) {
	err = w.Read(ctx, w.In(w.Us), func(tx *store.Tx) error {
		m, err = store.Get[rightstest.Mail](ctx, tx, key)
		return err
	})
	return m, err
}

func files(t testing.TB, w *rightstest.World) (n int) {
	t.Helper()
	for _, err := range w.Files.List(context.Background(), "") {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	return n
}

func TestRun_removesExactlyWhatIsDue(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		ctx := context.Background()
		m := &rightstest.Mail{Subject: w.Rina, At: clock.At(storetest.Start), Title: "a", Result: "pass", State: "read"}
		rightstest.Insert(t, w, w.Us, m)
		old, young := 0, 0
		for i := range 1203 { // more than two batches
			age := time.Duration(i%180) * day
			if age >= 90*day {
				old++
			} else {
				young++
			}
			rightstest.Insert(t, w, w.Us, &rightstest.Log{Subject: w.Rina, Mail: m.ID, At: clock.At(storetest.Start.Add(-age)), Outcome: "ok"})
		}
		r := newRetention(t, w, events{})
		dry, err := r.Run(ctx, storetest.Start, true)
		if err != nil || dry.Rows() != int64(old) || count(t, w, "fx_logs") != old+young {
			t.Fatalf("dry run: %+v, %v; %d rows are left", dry.Lines, err, count(t, w, "fx_logs"))
		}
		did, err := r.Run(ctx, storetest.Start, false)
		if err != nil || did.Rows() != int64(old) || count(t, w, "fx_logs") != young {
			t.Fatalf("run: %+v, %v; %d rows are left, want %d", did.Lines, err, count(t, w, "fx_logs"), young)
		}
		if !slices.Equal(dry.Lines, did.Lines) {
			t.Errorf("the dry run said %+v, the run did %+v", dry.Lines, did.Lines)
		}
		w.Manual().Add(10 * day)
		later, err := r.Run(ctx, w.Clock.Now(), false)
		if err != nil || later.Rows() == 0 {
			t.Errorf("ten days later: %+v, %v", later.Lines, err)
		}
		checkRecord(t, w, did.Rows()+later.Rows())
	})
}

func count(t testing.TB, w *rightstest.World, table string) (n int) {
	t.Helper()
	ctx := context.Background()
	err := w.Read(ctx, w.In(w.Us), func(tx *store.Tx) error {
		return tx.QueryRow(ctx, "SELECT COUNT(*) FROM "+table, nil, &n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func checkRecord(t testing.TB, w *rightstest.World, want int64) {
	t.Helper()
	ctx := context.Background()
	err := w.Read(ctx, w.In(w.Us), func(tx *store.Tx) error {
		var lines, rows, acts int64
		if err := tx.QueryRow(ctx, "SELECT COUNT(*), CAST(SUM(row_count) AS BIGINT) FROM destructions WHERE term = 'P90D after created'", nil, &lines, &rows); err != nil {
			return err
		}
		if lines != 2 || rows != want {
			t.Errorf("the record has %d lines and %d rows, want 2 and %d", lines, rows, want)
		}
		if err := tx.QueryRow(ctx, "SELECT CAST(SUM(count_of) AS BIGINT) FROM audit_entries WHERE act = 'retention.removed'", nil, &acts); err != nil {
			return err
		}
		if acts != want {
			t.Errorf("the audit log tells of %d rows, want %d", acts, want)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// A row of two people goes when both have gone, one of the workspace with it.
func TestRun_peopleAndEnclosures(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		ctx := context.Background()
		rightstest.Insert(t, w, w.Us, &rightstest.Transfer{Payer: w.Rina, Payee: w.Dewi, At: clock.At(storetest.Start), Minor: 1, ToNote: "a"})
		rightstest.Insert(t, w, w.Us, &rightstest.Target{Label: "a"})
		e := events{}
		steps := []struct {
			who                id.Subject
			transfers, targets int
		}{{w.Rina, 1, 1}, {w.Dewi, 0, 1}, {id.Subject{}, 0, 0}}
		for _, s := range steps {
			e[s.who] = storetest.Start
			if _, err := newRetention(t, w, e).Run(ctx, storetest.Start, false); err != nil {
				t.Fatal(err)
			}
			if a, b := count(t, w, "fx_transfers"), count(t, w, "fx_targets"); a != s.transfers || b != s.targets {
				t.Errorf("%d transfers and %d targets are left, want %d and %d", a, b, s.transfers, s.targets)
			}
		}
	})
}

// Without anybody who tells of events, rows stay, and the report says why.
func TestRun_saysWhatItCannotTell(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		w.Populate(t, 1)
		r, err := newRetention(t, w, nil).Run(context.Background(), storetest.Start.AddDate(50, 0, 0), true)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := errors.Join(r.WriteTable(&b), r.WriteJSON(&b)); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"nobody tells when account.closed happened", "P90D after created", `"dry_run":true`, "nothing removed"} {
			if !strings.Contains(b.String(), want) {
				t.Errorf("the report does not say %q:\n%s", want, b.String())
			}
		}
		for _, m := range append(w.Marks("rina"), w.Rina.String()) {
			if strings.Contains(b.String(), m) {
				t.Errorf("the report holds %q", m)
			}
		}
	})
}
