package store_test

import (
	"context"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/vault"
)

type note struct {
	store.Row `table:"notes" subject:"subject" clock:"created:created_at"`
	Subject   id.Subject    `data:"none"`
	CreatedAt clock.Instant `data:"note.time"`
	Source    string        `data:"none"`
	Words     vault.Text    `data:"note.words"`
	Minor     int64         `data:"note.amount"`
}

var config = storetest.Config{
	Sets: []store.Set{{Module: "test", Rows: []any{note{}}}},
	Migrations: []fs.FS{fstest.MapFS{"1_notes.sql": {Data: []byte(`-- +goose Up
CREATE TABLE notes (tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT NOT NULL, created_at BIGINT, source TEXT NOT NULL, words BYTEA, minor BIGINT NOT NULL, PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, source));`)}}},
}

func TestRows_roundTrip(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, tenant, who := context.Background(), b.Tenant(), b.Subject()
		n := note{Subject: who, CreatedAt: clock.At(storetest.Start), Source: "a", Words: vault.Seal("kopi dan roti"), Minor: -5}
		write(t, b, tenant, func(tx *store.Tx) error { return store.Insert(ctx, tx, &n) })
		err := b.Write(ctx, b.Scope(tenant), func(tx *store.Tx) error {
			again := n
			again.ID = id.ID{}
			_ = store.Insert(ctx, tx, &again) // swallowed, and refused all the same
			return nil
		})
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("a second row of one source gives %v, want a conflict", err)
		}
		n.Minor = 7
		write(t, b, tenant, func(tx *store.Tx) error { return store.Update(ctx, tx, &n) })
		read(t, b, tenant, func(tx *store.Tx) error {
			got, err := store.Get[note](ctx, tx, n.ID)
			if err != nil {
				return err
			}
			if got.Words.Reveal() != "kopi dan roti" || got.Minor != 7 || got.Subject != who || got.CreatedAt != n.CreatedAt {
				t.Errorf("read %+v", got)
			}
			var raw []byte
			if err := tx.QueryRow(ctx, "SELECT words FROM notes WHERE minor = $2 AND source = $1", []any{"a", 7}, &raw); err != nil {
				return err
			}
			if len(raw) == 0 || string(raw) == "kopi dan roti" {
				t.Errorf("the column holds %q", raw)
			}
			return nil
		})
		if err := b.Vault.DestroyPerson(ctx, tenant, who); err != nil {
			t.Fatal(err)
		}
		read(t, b, tenant, func(tx *store.Tx) error {
			got, err := store.Get[note](ctx, tx, n.ID)
			if err == nil && got.Words.Reveal() != "" {
				t.Error("the words outlived their key")
			}
			return err
		})
	})
}

// Every way to another tenant's rows is closed by the engine, whatever the text.
func TestTx_foreignTenant(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, mine, other := context.Background(), b.Tenant(), b.Tenant()
		n := note{Subject: b.Subject(), Source: "a", Words: vault.Seal("rahasia"), Minor: 1}
		write(t, b, mine, func(tx *store.Tx) error { return store.Insert(ctx, tx, &n) })
		for _, stranger := range []id.Tenant{other, {}} {
			for _, text := range []string{
				"SELECT count(*) FROM notes", "SELECT count(*) FROM notes n WHERE n.minor = 1",
				"SELECT count(*) FROM (SELECT id FROM notes UNION SELECT id FROM notes) x",
				"WITH x AS (SELECT * FROM notes) SELECT count(*) FROM x",
			} {
				read(t, b, stranger, func(tx *store.Tx) error {
					var count int
					if err := tx.QueryRow(ctx, text, nil, &count); err != nil || count != 0 {
						t.Errorf("%s: stranger sees %d, %v", text, count, err)
					}
					return nil
				})
			}
			for _, text := range []string{"UPDATE notes SET minor = 9", "DELETE FROM notes", "UPDATE notes SET minor = 9 WHERE tenant_id = '" + mine.String() + "'"} {
				_ = b.Write(ctx, b.Scope(stranger), func(tx *store.Tx) error {
					if got, err := tx.Exec(ctx, text); err != nil || got != 0 {
						t.Errorf("%s: stranger touched %d, %v", text, got, err)
					}
					return nil
				})
			}
			err := b.Write(ctx, b.Scope(stranger), func(tx *store.Tx) error {
				_, err := tx.Exec(ctx, "INSERT INTO notes (tenant_id, id, subject, source, minor) VALUES ($1, $2, $3, $4, $5)", mine, tx.NewID(), b.Subject(), "forged", 1)
				return err
			})
			if !fault.Is(err, fault.Forbidden) {
				t.Errorf("inserting into another tenant gives %v, want forbidden", err)
			}
		}
		for _, text := range []string{"SELECT count(*) FROM main.notes", "SELECT count(*) FROM MAIN . notes", "SELECT tenant FROM temp.amanah_scope", "PRAGMA table_info(notes)"} {
			_ = b.Read(ctx, b.Scope(other), func(tx *store.Tx) error {
				if _, err := tx.Query(ctx, text); err == nil {
					t.Errorf("%s: was asked", text)
				}
				return nil
			})
		}
		err := b.Write(ctx, b.Scope(mine), func(tx *store.Tx) error {
			_, err := tx.Exec(ctx, "UPDATE notes SET tenant_id = $1", other)
			return err
		})
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("moving a row to another tenant gives %v, want forbidden", err)
		}
		read(t, b, mine, func(tx *store.Tx) error {
			got, err := store.Get[note](ctx, tx, n.ID)
			if err == nil && got.Minor != 1 {
				t.Error("a stranger changed the row")
			}
			return err
		})
	})
}

func TestWriteGrouped(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, who := context.Background(), b.Subject()
		one, two := b.Tenant(), b.Tenant()
		errs := make(chan error)
		const each = 60
		for i := range 2 * each {
			tenant := one
			if i%2 == 1 {
				tenant = two
			}
			go func() {
				errs <- b.WriteGrouped(ctx, b.Scope(tenant), func(tx *store.Tx) error {
					return store.Insert(ctx, tx, &note{Subject: who, Source: id.ID{byte(i % (2 * each / 3))}.String(), Minor: 1})
				})
			}()
		}
		failed := 0
		for range 2 * each {
			if err := <-errs; fault.Is(err, fault.Conflict) {
				failed++
			} else if err != nil {
				t.Error(err)
			}
		}
		total := 0
		for _, tenant := range []id.Tenant{one, two} {
			read(t, b, tenant, func(tx *store.Tx) error {
				var n int
				err := tx.QueryRow(ctx, "SELECT count(*) FROM notes", nil, &n)
				total += n
				return err
			})
		}
		if total+failed != 2*each || failed == 0 {
			t.Errorf("%d rows and %d refused of %d", total, failed, 2*each)
		}
	})
}

func TestNewMap_refuses(t *testing.T) {
	t.Parallel()
	type untagged struct {
		store.Row `table:"a" subject:"-"`
		Name      string
	}
	type noSubject struct {
		store.Row `table:"a"`
		Name      string `data:"none"`
	}
	type wrongClock struct {
		store.Row `table:"a" subject:"-" clock:"created:nowhere"`
		Name      string `data:"none"`
	}
	for name, row := range map[string]any{"a field without a tag": untagged{}, "no subject": noSubject{}, "a clock without its column": wrongClock{}, "no row": struct{ A int }{}} {
		if _, err := store.NewMap(store.Set{Module: "m", Rows: []any{row}}); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func TestOpen_columnWithoutField(t *testing.T) {
	t.Parallel()
	m, err := store.NewMap(config.Sets...)
	if err != nil {
		t.Fatal(err)
	}
	more := fstest.MapFS{"2_more.sql": {Data: []byte("-- +goose Up\nALTER TABLE notes ADD COLUMN hidden TEXT;")}}
	_, err = store.Open(context.Background(), store.Options{Dir: t.TempDir(), FileKey: storetest.FileKey, Map: m, Migrations: append(config.Migrations, more), Clock: clock.NewManual(storetest.Start)})
	if err == nil {
		t.Fatal("a column that no field names was accepted")
	}
}

func TestTrimSystemUses(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, left := context.Background(), 0
		b.Manual().Add(time.Hour)
		if err := b.TrimSystemUses(ctx, clock.At(b.Clock.Now())); err != nil {
			t.Fatal(err)
		}
		err := b.System(ctx, store.UseCheck, store.Actor{Kind: "system"}, func(tx *store.Tx) error {
			return tx.QueryRow(ctx, "SELECT count(*) FROM system_uses", nil, &left)
		})
		if err != nil || left != 2 { // the trimming itself, and this one
			t.Errorf("%d uses are left, %v", left, err)
		}
	})
}

// An older version goes on beside a newer one's schema.
func TestOpen_newerSchema(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		newer := config
		newer.Migrations = append([]fs.FS{fstest.MapFS{"99999999001_more.sql": {Data: []byte("-- +goose Up\nALTER TABLE notes ADD COLUMN hidden TEXT;")}}}, config.Migrations...)
		newer.Sets = []store.Set{{Module: "test", Rows: []any{noteAndMore{}}}}
		b.Reopen(t, newer)
		b.Reopen(t, config)
		n := note{Subject: b.Subject(), Source: "a", Minor: 1}
		write(t, b, b.Tenant(), func(tx *store.Tx) error { return store.Insert(context.Background(), tx, &n) })
	})
}

type noteAndMore struct {
	store.Row `table:"notes" subject:"subject"`
	Subject   id.Subject    `data:"none"`
	CreatedAt clock.Instant `data:"note.time"`
	Source    string        `data:"none"`
	Words     vault.Text    `data:"note.words"`
	Minor     int64         `data:"note.amount"`
	Hidden    string        `data:"none"`
}

func write(t *testing.T, b *storetest.Bundle, tenant id.Tenant, f func(*store.Tx) error) {
	t.Helper()
	if err := b.Write(context.Background(), b.Scope(tenant), f); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, b *storetest.Bundle, tenant id.Tenant, f func(*store.Tx) error) {
	t.Helper()
	if err := b.Read(context.Background(), b.Scope(tenant), f); err != nil {
		t.Fatal(err)
	}
}

// A table that no struct describes would be in no copy and no erasure, and open to
// every tenant: the store does not open with one.
func TestOpen_tableWithoutStruct(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		stray := fstest.MapFS{"20991231000_stray.sql": {Data: []byte("-- +goose Up\nCREATE TABLE stray (tenant_id TEXT NOT NULL, id TEXT NOT NULL, words TEXT, PRIMARY KEY (tenant_id, id));")}}
		db, err := store.Open(t.Context(), store.Options{URL: b.URL, Dir: b.Dir, FileKey: storetest.FileKey, Map: b.Map(), Vault: b.Vault, Clock: b.Clock, Migrations: append(config.Migrations[:1:1], stray)})
		if err == nil {
			_ = db.Close()
		}
		if err == nil || !strings.Contains(err.Error(), "no struct describes the table stray") {
			t.Errorf("opens beside it: %v", err)
		}
	})
}
