package erasure_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"amanah/internal/audit"
	"amanah/internal/id"
	"amanah/internal/privacy/erasure"
	"amanah/internal/privacy/receipt"
	"amanah/internal/privacy/rights"
	"amanah/internal/privacy/rights/rightstest"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/vault"
	"amanah/internal/web/i18n"
)

var config = rightstest.Config([]store.Set{erasure.Tables()}, []fs.FS{erasure.Migrations()})

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

// dump reads every column of every table, past the guard.
func dump(t testing.TB, w *rightstest.World) string {
	t.Helper()
	if w.Engine == "sqlite" {
		db, err := store.OpenSQLiteFile(filepath.Join(w.Dir, "amanah.db"), storetest.FileKey)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		return dumpSQLite(t, db)
	}
	// The key ring is not part of the data: its tombstone keeps the bare id, so
	// that no key can be made for it again.
	out, err := exec.Command("pg_dump", "--inserts", "--exclude-schema=amanah_keys", w.URL).Output()
	if err != nil {
		t.Fatalf("pg_dump: %v", err)
	}
	return string(out)
}

func dumpSQLite(t testing.TB, db *sql.DB) string {
	t.Helper()
	var names []string
	rows, err := db.Query("SELECT name FROM sqlite_master WHERE type = 'table'")
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
		names = append(names, n)
	}
	rows.Close()
	var b strings.Builder
	for _, n := range names {
		rows, err := db.Query("SELECT * FROM " + n)
		if err != nil {
			t.Fatal(err)
		}
		cols, _ := rows.Columns()
		for rows.Next() {
			vals := make([]any, len(cols))
			dest := make([]any, len(cols))
			for i := range vals {
				dest[i] = &vals[i]
			}
			if err := rows.Scan(dest...); err != nil {
				t.Fatal(err)
			}
			for i, v := range vals {
				if raw, ok := v.([]byte); ok {
					v = string(raw)
				}
				fmt.Fprintf(&b, "%s.%s=%v\n", n, cols[i], v)
			}
		}
		rows.Close()
	}
	return b.String()
}

// pages gives SQLite's pages deciphered, those that are free included, by its
// backup, which copies every page as it stands; and proves that the log is empty.
// For PostgreSQL it is the dump: its free pages are the vacuum's.
func pages(t testing.TB, w *rightstest.World) string {
	t.Helper()
	if w.Engine != "sqlite" {
		return dump(t, w)
	}
	ctx := context.Background()
	db, err := store.OpenSQLiteFile(filepath.Join(w.Dir, "amanah.db"), storetest.FileKey)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c, err := db.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	to := filepath.Join(t.TempDir(), "plain.db")
	err = c.Raw(func(driver any) error {
		// By reflection: only store may import the driver.
		conn := reflect.ValueOf(driver).MethodByName("Raw").Call(nil)[0]
		out := conn.MethodByName("Backup").Call([]reflect.Value{reflect.ValueOf("main"), reflect.ValueOf("file:" + to)})
		err, _ := out[0].Interface().(error)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func rawFiles(t testing.TB, dir string) string {
	t.Helper()
	var b bytes.Buffer
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(p)
		b.WriteString(p)
		b.Write(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func storedFiles(t testing.TB, w *rightstest.World) (out []string) {
	t.Helper()
	for n, err := range w.Files.List(context.Background(), "") {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, n)
	}
	return out
}

func mustHold(t testing.TB, where, text string, want []string) {
	t.Helper()
	for _, s := range want {
		if !strings.Contains(text, s) {
			t.Errorf("%s does not hold %q: the search would find nothing anyway", where, s)
		}
	}
}

func mustNotHold(t testing.TB, where, text string, secrets []string) {
	t.Helper()
	for _, s := range secrets {
		if strings.Contains(text, s) {
			t.Errorf("%s still holds %q", where, s)
		}
	}
}

// sealed is one sealed value of a copy that was taken before.
type sealed struct {
	who   id.Subject
	aad   []byte
	value []byte
}

func sealedValues(t testing.TB, w *rightstest.World) (out []sealed) {
	t.Helper()
	ctx := context.Background()
	for _, who := range []id.Subject{w.Rina, w.Dewi} {
		for _, tenant := range []id.Tenant{w.Home.Tenant, w.RinaOwn, w.DewiOwn, w.Us} {
			err := w.Read(ctx, w.In(tenant), func(tx *store.Tx) error {
				for _, c := range [][3]string{{"fx_people", "name", "subject"}, {"fx_mails", "raw", "subject"}, {"fx_transfers", "memo", "payer"}, {"fx_transfers", "from_note", "payer"}} {
					rows, err := tx.Query(ctx, "SELECT id, "+c[1]+" FROM "+c[0]+" WHERE "+c[2]+" = $1", who)
					if err != nil {
						return err
					}
					for rows.Next() {
						var key string
						var value []byte
						if err := rows.Scan(&key, &value); err != nil {
							return err
						}
						out = append(out, sealed{who, vault.AAD(c[0], key, c[1]), value})
					}
					rows.Close()
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	return out
}

func checkBackup(t testing.TB, w *rightstest.World, backup []sealed) {
	t.Helper()
	opened, refused := 0, 0
	for _, s := range backup {
		_, err := w.Keys().OpenValue(context.Background(), w.Home.Tenant, s.who, s.aad, s.value)
		switch {
		case s.who == w.Rina && vault.Destroyed(err):
			refused++
		case s.who == w.Dewi && err == nil:
			opened++
		default:
			t.Errorf("a value of the copy: %v", err)
		}
	}
	if opened == 0 || opened != refused {
		t.Errorf("%d opened, %d refused", opened, refused)
	}
}

// copyFiles copies the SQLite file as it stands, log included.
func copyFiles(t testing.TB, w *rightstest.World) string {
	t.Helper()
	if w.Engine != "sqlite" {
		return ""
	}
	dir := t.TempDir()
	for _, n := range []string{"amanah.db", "amanah.db-wal"} {
		raw, err := os.ReadFile(filepath.Join(w.Dir, n))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, n), raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// checkCopy opens the copy with today's key ring: its rows are there, and what
// is sealed in them is not.
func checkCopy(t testing.TB, w *rightstest.World, dir string) {
	t.Helper()
	if dir == "" {
		return
	}
	ctx := context.Background()
	db, err := store.Open(ctx, store.Options{Dir: dir, FileKey: storetest.FileKey, Map: w.Map(), Migrations: config.Migrations, Vault: w.Bundle.Vault, Clock: w.Clock})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Read(ctx, w.Home, func(tx *store.Tx) error {
		people, err := store.Find[rightstest.Person](ctx, tx, "WHERE tenant_id = $1", tx.Tenant())
		if len(people) != 2 {
			t.Errorf("%d people in the copy", len(people))
		}
		for _, p := range people {
			if readable := p.Name.Reveal() != ""; readable != (p.Subject == w.Dewi) {
				t.Errorf("readable: %v", readable)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// checkDewi proves that the other person lost nothing.
func checkDewi(t testing.TB, w *rightstest.World) {
	t.Helper()
	ctx := context.Background()
	text := dump(t, w)
	for _, tenant := range []id.Tenant{w.Home.Tenant, w.DewiOwn, w.Us} {
		err := w.Read(ctx, w.In(tenant), func(tx *store.Tx) error {
			people, err := store.Find[rightstest.Person](ctx, tx, "")
			for _, p := range people {
				text += p.Name.Reveal()
			}
			if err != nil {
				return err
			}
			mails, err := store.Find[rightstest.Mail](ctx, tx, "")
			for _, m := range mails {
				src, err := w.Keys().OpenFile(ctx, w.Home.Tenant, m.Subject, m.Source)
				if err != nil {
					return err
				}
				var b bytes.Buffer
				_, _ = b.ReadFrom(src)
				src.Close()
				text += m.Raw.Reveal() + b.String()
			}
			if err != nil {
				return err
			}
			transfers, err := store.Find[rightstest.Transfer](ctx, tx, "")
			for _, x := range transfers {
				text += x.FromNote.Reveal() + x.Memo.Reveal()
			}
			if err != nil {
				return err
			}
			targets, err := store.Find[rightstest.Target](ctx, tx, "")
			for _, x := range targets {
				text += x.Address.Reveal()
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	mustHold(t, "what the other person has", text, w.Marks("dewi"))
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
			c, err := audit.Verify(ctx, tx)
			if c.Rows == 0 {
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
