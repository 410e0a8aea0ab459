package app

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"amanah/internal/app/demo"
	"amanah/internal/capture"
	"amanah/internal/capture/importing"
	"amanah/internal/channel/mail"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/inbox"
	"amanah/internal/job"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// Trial is the program with one invented person in it, for measurements: its
// methods take the ways that the running program takes.
type Trial struct {
	app       *App
	person    id.Subject
	workspace id.Tenant
	Agent     string // where the person's bank mails go
}

// Try makes the person. The App must be of Options.Demo and have a folder, or a
// database, that nobody else needs.
func (a *App) Try(ctx context.Context) (*Trial, error) {
	one := demoAccounts[0]
	who, workspace, _, err := a.demoPerson(ctx, one.SignIn, one.name)
	if err != nil {
		return nil, err
	}
	t := &Trial{app: a, person: who, workspace: workspace}
	t.Agent, err = a.capture.Address(ctx, t.scope("capture"), who)
	return t, err
}

func (t *Trial) scope(purpose string) store.Scope {
	return store.Scope{Tenant: t.workspace, Home: tenant.HomeOf("ctt"), Service: "ctt", Actor: store.Actor{Kind: "person", ID: id.ID(t.person)}, Purpose: purpose}
}

// Accept makes a mail durable as the mail door does, without SMTP.
func (t *Trial) Accept(ctx context.Context, raw []byte) error {
	s := t.app.scope("ctt", t.workspace)
	s.Purpose = "capture"
	_, fresh, err := t.app.inbox.Accept(ctx, inbox.In{Scope: s, Subject: t.person, Channel: capture.Channel, Conversation: t.workspace.String(), Raw: raw, Sender: "bank@bank.example"})
	if err == nil && !fresh {
		err = fault.New(fault.Conflict, "app.Trial", "conflict")
	}
	return err
}

// MailServer gives the program's mail door on an address, without the limits on
// how much one sender may send. The caller starts and ends it.
func (t *Trial) MailServer(addr string) (*mail.Server, error) {
	a := t.app
	door := doorstep{service: "ctt", domain: a.cfg.SMTP.Domain, capture: a.capture, inbox: a.inbox, scope: a.scope, log: a.Log}
	return mail.NewServer(mail.Config{Addr: addr, Domains: []string{a.cfg.SMTP.Domain}, PerIPPerMinute: -1, PerSenderPerMinute: -1,
		PerRecipientPerMinute: -1, MaxReplies: -1, MaxConnections: -1, MaxConnectionsPerIP: -1, Clock: a.Clock, Logger: a.Log}, door, door)
}

// Submit sends a mail to the person's agent address by SMTP inside the process;
// the App must run.
func (t *Trial) Submit(ctx context.Context, from string, raw []byte) error {
	return t.app.smtp.Submit(ctx, from, []string{t.Agent}, raw)
}

// Live lets two months of mails come in and waits until they are handled.
func (t *Trial) Live(ctx context.Context) error { return t.app.demoLife(ctx, t.Agent) }

// LiveMails are mails as those of Live, of the days before a moment.
func LiveMails(now time.Time, days int) [][]byte {
	var out [][]byte
	for _, m := range demo.Mails(now, days) {
		out = append(out, m.Raw)
	}
	return out
}

// Target sets a webhook up and tests it, as the person would.
func (t *Trial) Target(ctx context.Context, url string) error {
	return t.app.demoHook(ctx, t.scope("deliver"), t.person, &receiver{url: url})
}

// Write runs f in a transaction of the person's workspace.
func (t *Trial) Write(ctx context.Context, f func(tx *store.Tx, who id.Subject) error) error {
	return t.app.db.Write(ctx, t.scope("capture"), func(tx *store.Tx) error { return f(tx, t.person) })
}

// Read is Write for reading.
func (t *Trial) Read(ctx context.Context, f func(tx *store.Tx) error) error {
	return t.app.db.Read(ctx, t.scope("capture"), f)
}

// Month reads what the dashboard shows of a month.
func (t *Trial) Month(ctx context.Context, of string) (f capture.MonthFigures, err error) {
	err = t.Read(ctx, func(tx *store.Tx) error {
		f, err = t.app.capture.Month(ctx, tx, of, money.IDR)
		return err
	})
	return f, err
}

// Import brings a file of movements in as the person would, and waits until it is
// in the books. The App need not run.
func (t *Trial) Import(ctx context.Context, name string, r io.Reader) (i *importing.Import, err error) {
	sc := t.scope("capture")
	key, _, err := t.app.importing.Upload(ctx, sc, t.person, name, r)
	if err != nil {
		return nil, err
	}
	get := func() error {
		return t.Read(ctx, func(tx *store.Tx) (err error) {
			i, err = t.app.importing.Get(ctx, tx, t.person, key)
			return err
		})
	}
	if err := get(); err != nil {
		return nil, err
	}
	m := i.Columns()
	m.Issuer = "Bank Contoh"
	if err := t.app.importing.Start(ctx, sc, i, importing.Choice{Mapping: m}); err != nil {
		return nil, err
	}
	for i.State == importing.Running && err == nil {
		if err = t.app.importing.Run(ctx, job.Task{Kind: importing.Task, Service: "ctt", Tenant: t.workspace, ID: key}); err == nil {
			err = get()
		}
	}
	return i, err
}

// Engine is "sqlite" or "postgres".
func (t *Trial) Engine() string { return t.app.db.Engine() }

// Bare is a table beside the program's, on the same engine, disk and encryption,
// with nothing around it: what the engine itself can do.
type Bare struct {
	insert func(ctx context.Context, key string, body []byte) error
	// piece runs inserts in one transaction; only SQLite's can.
	piece func(ctx context.Context, f func(put func(key string, body []byte) error) error) error
	close func() error
}

// InsertAll puts many rows in, so many in a transaction.
func (b *Bare) InsertAll(ctx context.Context, rows, piece int, body []byte) error {
	if b.piece == nil {
		return errors.New("app: no pieces on this engine")
	}
	for from := 0; from < rows; from += piece {
		err := b.piece(ctx, func(put func(string, []byte) error) error {
			for n := from; n < min(from+piece, rows); n++ {
				if err := put(fmt.Sprintf("%036d", n), body); err != nil {
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

// Insert puts one row in, in a transaction of its own, and returns when it is durable.
func (b *Bare) Insert(ctx context.Context, key string, body []byte) error {
	return b.insert(ctx, key, body)
}

// Close removes it.
func (b *Bare) Close() error { return b.close() }

// Bare opens it over one connection.
func (t *Trial) Bare(ctx context.Context) (*Bare, error) {
	if t.Engine() == "sqlite" {
		db, err := store.OpenSQLiteFile(filepath.Join(t.app.cfg.Data, "bench.db"), t.app.keys.fileKey)
		if err != nil {
			return nil, err
		}
		b, err := bareSQLite(ctx, db, t.workspace.String())
		if err != nil {
			_ = db.Close()
		}
		return b, err
	}
	_, pool := t.app.db.JobPool()
	c, err := pool.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	drop := func() error {
		_, err := c.Exec(context.WithoutCancel(ctx), "DROP TABLE IF EXISTS bench_rows")
		return err
	}
	if err := drop(); err != nil {
		return nil, err
	}
	if _, err := c.Exec(ctx, "CREATE TABLE bench_rows (tenant_id TEXT NOT NULL, id TEXT NOT NULL, body BYTEA NOT NULL, PRIMARY KEY (tenant_id, id))"); err != nil {
		return nil, err
	}
	return &Bare{close: func() error { defer c.Release(); return drop() }, insert: func(ctx context.Context, key string, body []byte) error {
		_, err := c.Exec(ctx, "INSERT INTO bench_rows VALUES ($1, $2, $3)", t.workspace.String(), key, body)
		return err
	}}, nil
}

func bareSQLite(ctx context.Context, db *sql.DB, workspace string) (*Bare, error) {
	if _, err := db.ExecContext(ctx, "CREATE TABLE bench_rows (tenant_id TEXT NOT NULL, id TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (tenant_id, id))"); err != nil {
		return nil, err
	}
	put, err := db.PrepareContext(ctx, "INSERT INTO bench_rows VALUES ($1, $2, $3)")
	if err != nil {
		return nil, err
	}
	piece := func(ctx context.Context, f func(put func(string, []byte) error) error) error {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		in := tx.StmtContext(ctx, put)
		err = f(func(key string, body []byte) error { _, err := in.ExecContext(ctx, workspace, key, body); return err })
		if err != nil {
			return errors.Join(err, tx.Rollback())
		}
		return tx.Commit()
	}
	return &Bare{piece: piece, close: func() error { return errors.Join(put.Close(), db.Close()) }, insert: func(ctx context.Context, key string, body []byte) error {
		_, err := put.ExecContext(ctx, workspace, key, body)
		return err
	}}, nil
}
