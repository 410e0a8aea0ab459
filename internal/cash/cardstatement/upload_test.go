package cardstatement_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"amanah/internal/cash"
	"amanah/internal/cash/cardstatement"
	"amanah/internal/extract/statement/statementtest"
	"amanah/internal/fault"
	"amanah/internal/job"
	"amanah/internal/store"
)

const secret = "17081990"

// count is how many rows of a table the family has.
func (r *rig) count(table, where string) (n int) {
	r.t.Helper()
	err := r.Bundle.Read(context.Background(), r.as(r.rina), func(tx *store.Tx) error {
		return tx.QueryRow(context.Background(), "SELECT COUNT(*) FROM "+table+" WHERE tenant_id = $1 AND "+where, []any{tx.Tenant()}, &n)
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return n
}

// Each kind of file that is no statement has its own answer, and is not kept.
func TestUpload_answers(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		sample := string(cardstatement.Sample(closed, "7719"))
		for name, c := range map[string]struct {
			raw   []byte
			state cardstatement.State
			why   string
		}{
			"a letter":        {[]byte("Kepada Yth. Ibu Rina,\n\nterlampir undangan rapat warga.\n"), cardstatement.Refused, "cardstatement.verdict.no_statement"},
			"scanned":         {statementtest.PDF(t, statementtest.Paper{Text: sample, Scanned: true}), cardstatement.Refused, "cardstatement.verdict.no_text"},
			"a broken PDF":    {[]byte("%PDF-1.7\nnothing behind it"), cardstatement.Refused, "cardstatement.verdict.damaged"},
			"with a script":   {statementtest.PDF(t, statementtest.Paper{Text: sample, Script: true}), cardstatement.Asks, ""},
			"with a password": {statementtest.PDF(t, statementtest.Paper{Text: sample, Password: secret}), cardstatement.Locked, ""},
		} {
			// Each stands for itself: the same lines in another file would be the same statement.
			key, _, err := r.Upload(context.Background(), r.as(r.rina), r.rina, name+".pdf", bytes.NewReader(c.raw))
			if err != nil {
				t.Fatal(name, err)
			}
			r.work()
			f := r.file(r.rina, key)
			if f.State != c.state || f.Reason != c.why {
				t.Errorf("%s: %s %s", name, f.State, f.Reason)
			}
			if kept := !f.File.IsZero(); kept != (c.state != cardstatement.Refused) {
				t.Errorf("%s: file kept: %v", name, kept)
			}
			if f.Scripts != (name == "with a script") {
				t.Errorf("%s: scripts %v", name, f.Scripts)
			}
		}
	})
}

func TestUpload_refusedAtOnce(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		for why, raw := range map[string][]byte{
			"cardstatement.file.empty":       []byte(" \n"),
			"cardstatement.file.spreadsheet": []byte("PK\x03\x04 xl/workbook.xml"),
			"cardstatement.file.picture":     []byte("\xff\xd8\xff\xe0 JFIF"),
			"cardstatement.too_large":        bytes.Repeat([]byte("TANGGAL "), 1<<18),
		} {
			_, _, err := r.Upload(context.Background(), r.as(r.rina), r.rina, "x", bytes.NewReader(raw))
			if f := fault.Of(err); f.Key != why || f.Code != fault.Invalid || f.Field != "file" {
				t.Errorf("%s: %v", why, err)
			}
		}
		if n := r.count("statement_files", "id IS NOT NULL"); n != 0 {
			t.Errorf("%d files kept", n)
		}
		for _, who := range []struct {
			name string
			err  error
			want fault.Code
		}{{"viewer", errOf(r.Upload(context.Background(), r.as(r.dewi), r.dewi, "x", strings.NewReader("x"))), fault.Forbidden}, {"stranger", errOf(r.Upload(context.Background(), r.as(r.tono), r.tono, "x", strings.NewReader("x"))), fault.NotFound}} {
			if !fault.Is(who.err, who.want) {
				t.Errorf("%s: %v", who.name, who.err)
			}
		}
	})
}

func errOf(_ any, _ bool, err error) error { return err }

func TestUpload_twice(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		raw := cardstatement.Sample(closed, "7719")
		first := r.upload(r.rina, raw)
		key, fresh, err := r.Upload(context.Background(), r.as(r.rina), r.rina, "again.txt", bytes.NewReader(raw))
		if err != nil || fresh || key != first {
			t.Errorf("the same bytes: %v %v", fresh, err)
		}
		other := r.upload(r.rina, append(raw, "\n\n"...))
		if f := r.file(r.rina, other); f.State != cardstatement.Refused || f.Reason != "cardstatement.verdict.same" || f.Twin != first || !f.File.IsZero() {
			t.Errorf("the same rows: %s %s", f.State, f.Reason)
		}
		if n := r.count("statement_rows", "id IS NOT NULL"); n != 40 {
			t.Errorf("%d rows", n)
		}
	})
}

// A reading that was killed begins again, and two at once store the rows once.
func TestRun_killed(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		r.reader.before = func(n int) error {
			if n == 1 {
				return fault.New(fault.Unavailable, "test", "").Cause(errors.New("killed"))
			}
			return nil
		}
		key, _, err := r.Upload(context.Background(), r.as(r.rina), r.rina, "x.txt", bytes.NewReader(cardstatement.Sample(closed, "7719")))
		if err != nil {
			t.Fatal(err)
		}
		task := job.Task{Kind: cardstatement.Task, Service: "jagacash", Tenant: r.family, ID: key}
		if err := r.Run(context.Background(), task); err == nil {
			t.Fatal("the killed run says that it was done")
		}
		if f := r.file(r.rina, key); f.State != cardstatement.Kept {
			t.Fatalf("state %s", f.State)
		}
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				if err := r.Run(context.Background(), task); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := r.count("statement_rows", "id IS NOT NULL"); n != 40 || r.file(r.rina, key).State != cardstatement.Asks {
			t.Errorf("%d rows", n)
		}
	})
}

func (r *rig) locked() (f *cardstatement.File, raw []byte) {
	r.t.Helper()
	raw = statementtest.PDF(r.t, statementtest.Paper{Text: string(cardstatement.Sample(closed, "7719")), Password: secret})
	f = r.file(r.rina, r.upload(r.rina, raw))
	if f.State != cardstatement.Locked {
		r.t.Fatalf("state %s", f.State)
	}
	return f, raw
}

func TestUnlock(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		ctx := context.Background()
		f, _ := r.locked()
		err := r.Unlock(ctx, r.as(r.rina), r.rina, f.ID, "salah")
		if ft := fault.Of(err); ft.Key != "cardstatement.password.wrong" || fmt.Sprint(ft.Args["left"]) != "9" {
			t.Errorf("wrong: %v", err)
		}
		if strings.Contains(fmt.Sprintf("%+v", err), "salah") {
			t.Error("the password stands in the error")
		}
		if err := r.Unlock(ctx, r.as(r.bagas), r.bagas, f.ID, secret); !fault.Is(err, fault.NotFound) {
			t.Errorf("another member: %v", err)
		}
		if err := r.Unlock(ctx, r.as(r.rina), r.rina, f.ID, secret); err != nil {
			t.Fatal(err)
		}
		if got := r.file(r.rina, f.ID); got.State != cardstatement.Asks || got.Lines != 40 {
			t.Errorf("%s, %d lines", got.State, got.Lines)
		}
		if err := r.Unlock(ctx, r.as(r.rina), r.rina, f.ID, secret); !fault.Is(err, fault.Conflict) {
			t.Errorf("once more: %v", err)
		}
	})
}

// Ten wrong passwords bar the file, also where they come at once; the right one
// comes too late then, and the file cannot be had anew before a day is over.
func TestUnlock_tenTimes(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		ctx := context.Background()
		f, raw := r.locked()
		key := f.ID
		r.reader.mu.Lock()
		before := r.reader.n
		r.reader.mu.Unlock()
		var wg sync.WaitGroup
		for i := range 14 {
			wg.Go(func() { _ = r.Unlock(ctx, r.as(r.rina), r.rina, key, fmt.Sprintf("salah%d", i)) })
		}
		wg.Wait()
		if n := r.reader.n - before; n != 10 {
			t.Errorf("%d passwords were tried", n)
		}
		got := r.file(r.rina, key)
		if got.State != cardstatement.Barred || !got.File.IsZero() {
			t.Errorf("state %s", got.State)
		}
		if err := r.Unlock(ctx, r.as(r.rina), r.rina, key, secret); !fault.Is(err, fault.TooMany) {
			t.Errorf("the right one afterwards: %v", err)
		}
		if err := r.Remove(ctx, r.as(r.rina), r.rina, key); !fault.Is(err, fault.Conflict) {
			t.Errorf("removed: %v", err)
		}
		if again, fresh, err := r.Upload(ctx, r.as(r.rina), r.rina, "x.pdf", bytes.NewReader(raw)); err != nil || fresh || again != key {
			t.Errorf("brought again at once: %v %v", fresh, err)
		}
		r.Manual().Add(25 * time.Hour)
		r.upload(r.rina, raw)
		if err := r.Unlock(ctx, r.as(r.rina), r.rina, key, secret); err != nil {
			t.Errorf("a day later: %v", err)
		}
	})
}

func TestRemove(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		f := newFamily(t, r)
		f.decide(t)
		owed := f.owed()
		if err := r.Remove(context.Background(), r.as(r.rina), r.rina, f.key); err != nil {
			t.Fatal(err)
		}
		if n := r.count("statement_rows", "id IS NOT NULL") + r.count("statement_matches", "id IS NOT NULL"); n != 0 || f.owed() != owed {
			t.Errorf("%d rows are left, owed %d, was %d", n, f.owed(), owed)
		}
		if err := r.read(r.rina, func(tx *store.Tx, v cash.View) error {
			_, err := r.Get(context.Background(), tx, v, f.key)
			return err
		}); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
	})
}
