package bench

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/gate"
	"amanah/internal/privacy/notice"
	"amanah/internal/store"
	"amanah/internal/store/keyring"
	"amanah/internal/tenant"
	"amanah/internal/vault"
	"amanah/law"
	"amanah/notices"
)

//go:embed mixed/*.sql
var mixedTables embed.FS

// record is what the mixed load keeps.
type record struct {
	store.Row `table:"bench_records" subject:"subject"`
	Subject   id.Subject    `data:"none"`
	Purpose   string        `data:"none"`
	Look      vault.Index   `data:"transaction.note"`
	Body      vault.Text    `data:"transaction.note"`
	KeptUntil clock.Instant `db:"kept_until" data:"none"`
	CreatedAt clock.Instant `db:"created_at" data:"none"`
}

// kept is the side with the enforcement on.
type kept struct {
	db     *store.DB
	vault  *vault.Vault
	ring   *keyring.Ring
	reads  *audit.Reads
	sets   []store.Set
	dir    string
	key    []byte
	home   id.Tenant
	people []id.Subject
	stop   func()
}

// part is what a benchmark's store has besides: tables and their migrations.
type part struct {
	tables     store.Set
	migrations fs.FS
}

func openKept(ctx context.Context, o Options, dir, database string, more ...part) (_ *kept, err error) {
	k := &kept{dir: dir, key: make([]byte, 32), home: tenant.HomeOf("ctt"), stop: func() {}}
	if _, err := rand.Read(k.key); err != nil {
		return nil, err
	}
	master, err := vault.FileMaster(filepath.Join(dir, "keys", "master.key"), rand.Reader)
	if err != nil {
		return nil, err
	}
	if k.ring, err = keyring.Open(ctx, database, dir, k.key); err != nil {
		return nil, err
	}
	k.vault = vault.New(master, k.ring, rand.Reader, o.Clock)
	packs, _ := notice.LoadLaw(law.FS)
	all, _ := notice.LoadNotices(notices.FS)
	policy, err := notice.Compile(all, packs)
	if err != nil {
		return nil, err
	}
	g, err := gate.New(gate.Config{Policy: policy, Home: func(service string) store.Scope {
		return store.Scope{Tenant: tenant.HomeOf(service), Service: service, Actor: store.Actor{Kind: "job"}}
	}, Choices: func(context.Context, *store.Tx, id.Subject, func(gate.Choice)) error { return nil }})
	if err != nil {
		return nil, err
	}
	sets := []store.Set{{Module: "bench", Rows: []any{record{}}}, audit.Tables(), gate.Tables()}
	migrations := []fs.FS{store.Folder(mixedTables, "mixed"), audit.Migrations(), gate.Migrations()}
	for _, p := range more {
		sets, migrations = append(sets, p.tables), append(migrations, p.migrations)
	}
	k.sets = sets
	m, err := store.NewMap(sets...)
	if err != nil {
		return nil, err
	}
	k.db, err = store.Open(ctx, store.Options{URL: database, Dir: dir, FileKey: k.key, Map: m, Migrations: migrations, Vault: k.vault, Clock: o.Clock, Gate: g})
	if err != nil {
		return nil, err
	}
	if k.stop, err = g.Start(ctx, k.db); err != nil {
		return nil, err
	}
	k.reads = audit.NewReads(k.db, func(err error) { o.Log.Error("the read log", "error", err) })
	return k, nil
}

func (k *kept) close() error {
	k.stop()
	return errors.Join(k.reads.Close(), k.db.Close(), k.ring.Close())
}

func (k *kept) person(n int) id.Subject { return k.people[n%len(k.people)] }

func (k *kept) scope(by actor, n int) store.Scope {
	s := store.Scope{Tenant: k.home, Service: "ctt", Actor: store.Actor{Kind: string(by)}, Purpose: "capture"}
	switch by {
	case byCustomer:
		s.Actor.ID = id.ID(k.person(n))
	case byOfficer:
		s.Actor.ID = id.ID(k.people[0])
	}
	return s
}

func purposeOf(n int) string { return fmt.Sprintf("purpose-%d", n%10) }

// bodyOf is a record's text.
func bodyOf(n int) string { return fmt.Sprintf("%-100s", fmt.Sprintf("catatan nomor %d", n)) }

func (k *kept) look(ctx context.Context, n int) (vault.Index, error) {
	return k.vault.Index(ctx, k.home, "bench_records.look", fmt.Sprint(n))
}

func (k *kept) put(ctx context.Context, tx *store.Tx, n int) error {
	look, err := k.look(ctx, n)
	if err != nil {
		return err
	}
	return store.Insert(ctx, tx, &record{Subject: k.person(n), Purpose: purposeOf(n), Look: look, Body: vault.Seal(bodyOf(n)), KeptUntil: tx.Now(), CreatedAt: tx.Now()})
}

func (k *kept) fill(ctx context.Context, count int) error {
	for range max(1, count/perPerson) {
		k.people = append(k.people, id.Subject(k.db.NewID()))
	}
	for from := 0; from < count; from += 1000 {
		err := k.db.Write(ctx, k.scope(byJob, 0), func(tx *store.Tx) error {
			for n := from; n < min(from+1000, count); n++ {
				if err := k.put(ctx, tx, n); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// act runs an act and writes it down in its transaction. What found no record is no
// act, as in the program's modules, and on the bare side, where nothing is flushed then.
func (k *kept) act(ctx context.Context, by actor, n int, name string, f func(tx *store.Tx) (int64, error)) error {
	return k.db.Write(ctx, k.scope(by, n), func(tx *store.Tx) error {
		if rows, err := f(tx); err != nil || rows == 0 {
			return err
		}
		return audit.Record(ctx, tx, audit.Act{Name: name, Subject: k.person(n), Object: "bench_records", Count: 1})
	})
}

func (k *kept) create(ctx context.Context, n int) error {
	return k.act(ctx, byJob, n, "record.made", func(tx *store.Tx) (int64, error) { return 1, k.put(ctx, tx, n) })
}

// one finds a record; one that was removed meanwhile is nil.
func (k *kept) one(ctx context.Context, tx *store.Tx, n int) (*record, error) {
	look, err := k.look(ctx, n)
	if err != nil {
		return nil, err
	}
	r, err := store.One[record](ctx, tx, "WHERE tenant_id = $1 AND look = $2", tx.Tenant(), look)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return r, err
}

func (k *kept) read(ctx context.Context, by actor, n int) error {
	return k.db.Read(ctx, k.scope(by, n), func(tx *store.Tx) error { _, err := k.one(ctx, tx, n); return err })
}

func (k *kept) find(ctx context.Context, by actor, n int, where string, arg any) error {
	return k.db.Read(ctx, k.scope(by, n), func(tx *store.Tx) error {
		_, err := store.Find[record](ctx, tx, fmt.Sprintf("WHERE tenant_id = $1 AND %s = $2 ORDER BY created_at DESC LIMIT %d", where, atOnce), tx.Tenant(), arg)
		return err
	})
}

func (k *kept) readPerson(ctx context.Context, by actor, n int) error {
	return k.find(ctx, by, n, "subject", k.person(n))
}

func (k *kept) readPurpose(ctx context.Context, n int) error {
	return k.find(ctx, byJob, n, "purpose", purposeOf(n))
}

func (k *kept) change(ctx context.Context, by actor, n int, f func(*record)) error {
	return k.act(ctx, by, n, "record.changed", func(tx *store.Tx) (int64, error) {
		r, err := k.one(ctx, tx, n)
		if err != nil || r == nil {
			return 0, err
		}
		f(r)
		return 1, store.Update(ctx, tx, r)
	})
}

func (k *kept) rewrite(ctx context.Context, n int) error {
	return k.change(ctx, byCustomer, n, func(r *record) { r.Body = vault.Seal(bodyOf(n + 1)) })
}

func (k *kept) retain(ctx context.Context, by actor, n int) error {
	return k.act(ctx, by, n, "record.kept", func(tx *store.Tx) (int64, error) {
		look, err := k.look(ctx, n)
		if err != nil {
			return 0, err
		}
		return tx.Exec(ctx, "UPDATE bench_records SET kept_until = $1 WHERE tenant_id = $2 AND look = $3", tx.Now(), tx.Tenant(), look)
	})
}

func (k *kept) retainPerson(ctx context.Context, n int) error {
	return k.act(ctx, byJob, n, "record.kept", func(tx *store.Tx) (int64, error) {
		return tx.Exec(ctx, "UPDATE bench_records SET kept_until = $1 WHERE tenant_id = $2 AND subject = $3", tx.Now(), tx.Tenant(), k.person(n))
	})
}

func (k *kept) remove(ctx context.Context, by actor, n int) error {
	return k.act(ctx, by, n, "record.removed", func(tx *store.Tx) (int64, error) {
		look, err := k.look(ctx, n)
		if err != nil {
			return 0, err
		}
		return tx.Exec(ctx, "DELETE FROM bench_records WHERE tenant_id = $1 AND look = $2", tx.Tenant(), look)
	})
}

func (k *kept) entries(ctx context.Context) error {
	return k.db.Read(ctx, k.scope(byOfficer, 0), func(tx *store.Tx) error {
		rows, err := tx.Query(ctx, fmt.Sprintf("SELECT id, act, count_of FROM audit_entries WHERE tenant_id = $1 ORDER BY id DESC LIMIT %d", atOnce), tx.Tenant())
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var key, act string
			var count int64
			if err := rows.Scan(&key, &act, &count); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

func (k *kept) absent(ctx context.Context, n int) error {
	return k.db.Read(ctx, k.scope(byOfficer, 0), func(tx *store.Tx) error {
		r, err := k.one(ctx, tx, n)
		if err == nil && r != nil {
			err = errors.New("a record is there that was never made")
		}
		return err
	})
}

// settle has PostgreSQL count what there is, on both sides, as it does by itself
// within a minute.
func (k *kept) settle(ctx context.Context) error {
	_, pool := k.db.JobPool()
	if pool == nil {
		return nil
	}
	_, err := pool.Exec(ctx, "VACUUM ANALYZE")
	return err
}

// size is what the data take on the disk, without the program's other tables as
// far as the engine tells them apart: the key ring and the read log count.
func (k *kept) size(ctx context.Context) (int64, error) {
	if _, pool := k.db.JobPool(); pool != nil {
		var n int64
		err := pool.QueryRow(ctx, "SELECT sum(pg_total_relation_size(c.oid))::bigint FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND c.relname NOT LIKE 'bare_%' AND n.nspname IN ('public', 'amanah_keys')").Scan(&n)
		return n, err
	}
	if err := k.db.Compact(ctx); err != nil {
		return 0, err
	}
	return sizes(k.dir, "amanah.db", "keys.db")
}

// sizes sums files without their logs, which are as large as the largest transaction.
func sizes(dir string, names ...string) (n int64, err error) {
	all, err := os.ReadDir(dir)
	for _, f := range all {
		for _, name := range names {
			if strings.HasPrefix(f.Name(), name) && !strings.HasSuffix(f.Name(), "-shm") && !strings.HasSuffix(f.Name(), "-wal") {
				info, e := f.Info()
				if e != nil {
					return 0, e
				}
				n += info.Size()
			}
		}
	}
	return n, err
}
