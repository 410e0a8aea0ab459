package erasure_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"amanah/internal/id"
	"amanah/internal/privacy/rights/rightstest"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/vault"
)

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
