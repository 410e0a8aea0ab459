package erasure_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"strings"
	"testing"

	"amanah/internal/audit"
	"amanah/internal/id"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/erasure"
	"amanah/internal/privacy/hold"
	"amanah/internal/privacy/receipt"
	"amanah/internal/privacy/rights"
	"amanah/internal/privacy/rights/rightstest"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/web/i18n"
)

var config = rightstest.Config([]store.Set{tenant.Tables(), deadline.Tables(), hold.Tables(), erasure.Tables()}, []fs.FS{tenant.Migrations(), deadline.Migrations(), hold.Migrations(), erasure.Migrations()})

// told remembers what the person was told, and that it could still be read then.
type told struct {
	w        *rightstest.World
	receipts [][]byte
	ended    int
}

func (f *told) Farewell(ctx context.Context, home store.Scope, who id.Subject, _ i18n.Lang, file []byte) error {
	err := f.w.Read(ctx, home, func(tx *store.Tx) error {
		p, err := store.One[rightstest.Person](ctx, tx, "WHERE tenant_id = $1 AND subject = $2", tx.Tenant(), who)
		if err == nil && p.Name.Reveal() == "" {
			err = errors.New("the name cannot be read any more")
		}
		return err
	})
	f.receipts = append(f.receipts, file)
	return err
}

func (f *told) EndAll(context.Context, store.Scope, id.Subject) error { f.ended++; return nil }

func newErasure(t testing.TB, w *rightstest.World) (*erasure.Erasure, *rights.Rights, *told) {
	t.Helper()
	catalog, err := i18n.New(rights.Texts(), erasure.Texts())
	if err != nil {
		t.Fatal(err)
	}
	r, err := rights.New(rights.Config{DB: w.DB, Schema: w.Schema, Vault: w.Keys(), People: w, Notice: w.Notice, Key: w.Key, Catalog: catalog})
	if err != nil {
		t.Fatal(err)
	}
	f := &told{w: w}
	e, err := erasure.New(erasure.Config{DB: w.DB, Schema: w.Schema, Vault: w.Keys(), People: w, Kept: r, Sessions: f, Farewell: f, Notice: w.Notice, Key: w.Key, Catalog: catalog})
	if err != nil {
		t.Fatal(err)
	}
	return e, r, f
}

var request = erasure.Request{Ground: erasure.GroundRequest, By: "person", Language: i18n.ID}

func TestErase_nothingReadableIsLeft(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		ctx := context.Background()
		w.Populate(t, 3)
		act(t, w, w.Rina)
		e, _, f := newErasure(t, w)
		before := dump(t, w)
		mustHold(t, "the database before", before, append([]string{w.Rina.String()}, plainMarks(w)...))
		mustHold(t, "the pages before", pages(t, w), plainMarks(w))
		backup := sealedValues(t, w)
		copyDir := copyFiles(t, w)

		done, err := e.Erase(ctx, w.Rina, request)
		if err != nil {
			t.Fatal(err)
		}
		secrets := append(append(w.Marks("rina"), w.Marks("rina-secret")...), w.Rina.String())
		mustNotHold(t, "the database", dump(t, w), secrets)
		mustNotHold(t, "the files on the disk", rawFiles(t, w.Dir), secrets)
		mustNotHold(t, "the pages, free ones included", pages(t, w), secrets)
		mustNotHold(t, "the receipt", string(done.Receipt), secrets)
		for _, name := range storedFiles(t, w) {
			if strings.Contains(name, w.Rina.String()) {
				t.Errorf("a file of the erased person is left")
			}
		}
		checkBackup(t, w, backup)
		checkCopy(t, w, copyDir)
		checkDewi(t, w)
		checkReceipt(t, w, done, f)
		checkAudit(t, w)
		if was, err := e.Erased(ctx, w.Home, w.Rina); !was || err != nil {
			t.Errorf("erased: %v, %v", was, err)
		}
		if was, err := e.Erased(ctx, w.Home, w.Dewi); was || err != nil {
			t.Errorf("the other is erased: %v, %v", was, err)
		}
	})
}

// act writes audit rows about a person, by that person.
func act(t testing.TB, w *rightstest.World, who id.Subject) {
	t.Helper()
	ctx := context.Background()
	for _, tenant := range []id.Tenant{w.Home.Tenant, w.Us} {
		s := w.In(tenant)
		s.Actor = store.Actor{Kind: "person", ID: id.ID(who)}
		err := w.Write(ctx, s, func(tx *store.Tx) error {
			return audit.Record(ctx, tx, audit.Act{Name: "signin", Subject: who, Told: true})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// plainMarks stand in columns that are not sealed.
func plainMarks(w *rightstest.World) []string {
	return []string{w.Marks("rina")[1], w.Marks("rina")[4]}
}

func checkReceipt(t testing.TB, w *rightstest.World, done erasure.Result, f *told) {
	t.Helper()
	r, err := receipt.Verify(done.Receipt, w.Key.Public())
	if err != nil {
		t.Fatal(err)
	}
	var body erasure.Body
	if err := json.Unmarshal(r.Body, &body); err != nil {
		t.Fatal(err)
	}
	if r.Kind != receipt.Erasure || body.When.Done == "" || len(body.What) == 0 || body.Workspaces != 1 || !done.Told {
		t.Errorf("receipt %+v, told %v", body, done.Told)
	}
	for _, fact := range []receipt.Fact{body.Ground, body.How, body.By, body.Consequences} {
		if fact.Code == "" || fact.ID == "" || fact.EN == "" || strings.Contains(fact.ID+fact.EN, "⟦") {
			t.Errorf("fact %+v", fact)
		}
	}
	if len(f.receipts) != 1 || f.ended != 1 {
		t.Errorf("told %d times, sessions ended %d times", len(f.receipts), f.ended)
	}
	first, err := receipt.Verify(f.receipts[0], w.Key.Public())
	if err != nil || first.Kind != receipt.ErasureOrder || first.Number != r.Number {
		t.Errorf("the receipt of the order: %v, %v", first, err)
	}
}

func checkAudit(t testing.TB, w *rightstest.World) {
	t.Helper()
	ctx := context.Background()
	for _, tenant := range []id.Tenant{w.Home.Tenant, w.Us} {
		err := w.Read(ctx, w.In(tenant), func(tx *store.Tx) error {
			var n int64
			err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM audit_entries", nil, &n)
			if n == 0 {
				t.Error("the audit log lost its rows")
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestRun_crashAnywhere cuts the erasure at every moment, once, and lets a
// restart finish it.
func TestRun_crashAnywhere(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		for _, moment := range erasure.Moments() {
			t.Run(moment, func(t *testing.T) { // one after the other, in one store
				w.Renew()
				w.Populate(t, 1)
				crash(t, w, moment)
			})
		}
	})
}

func crash(t *testing.T, w *rightstest.World, moment string) {
	t.Helper()
	ctx := context.Background()
	e, _, _ := newErasure(t, w)
	cut := false
	e.Interrupt(func(at string) error {
		if cut = cut || at == moment; cut {
			return errors.New("the machine stopped")
		}
		return nil
	})
	if _, err := e.Erase(ctx, w.Rina, request); err == nil || !cut {
		t.Fatalf("no crash at %s", moment)
	}
	again, _, _ := newErasure(t, w) // a new process knows only the database
	n, err := again.Resume(ctx, w.Home)
	if err != nil || n != 1 && moment != "after done" {
		t.Fatalf("resumed %d, %v", n, err)
	}
	mustNotHold(t, "the database", dump(t, w), append(w.Marks("rina"), w.Rina.String()))
	checkDewi(t, w)
	if n, err := again.Resume(ctx, w.Home); n != 0 || err != nil {
		t.Errorf("resumed %d finished orders, %v", n, err)
	}
	done, err := again.Erase(ctx, w.Dewi, request)
	if err != nil || len(done.Receipt) == 0 {
		t.Errorf("the next erasure: %v", err)
	}
}

func TestErase_twiceIsOnce(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		ctx := context.Background()
		w.Populate(t, 1)
		e, _, f := newErasure(t, w)
		first, err := e.Erase(ctx, w.Rina, request)
		if err != nil {
			t.Fatal(err)
		}
		second, err := e.Run(ctx, w.Home, first.Number)
		if err != nil || !bytes.Equal(first.Receipt, second.Receipt) || len(f.receipts) != 1 {
			t.Errorf("told %d times, %v", len(f.receipts), err)
		}
		got, err := e.Receipt(ctx, w.Home, first.Number)
		if err != nil || !bytes.Equal(got, first.Receipt) {
			t.Errorf("the receipt by its number: %v", err)
		}
	})
}
