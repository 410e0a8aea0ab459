package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"amanah/internal/backup"
	"amanah/internal/config"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/erasure"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/vault"
	"amanah/internal/web/i18n"
)

// RestoreReport is what a restore did.
type RestoreReport struct {
	Archive string `json:"archive"`
	MadeAt  string `json:"made_at"`
	Rows    int64  `json:"rows"`
	Files   int64  `json:"files"`
	backup.Report
	// Erased are people who were erased since the backup and came back with it: they
	// are gone again.
	Erased int `json:"erased_again"`
	// Closed are workspaces of the same kind.
	Closed int `json:"workspaces_closed_again"`
}

// existingMaster is the master key of an installation that has one already: a
// restore must not make another.
func existingMaster(cfg config.Config, getenv func(string) string) (vault.Master, error) {
	path := filepath.Join(cfg.Data, "keys", "master.key")
	if _, err := os.Stat(path); getenv("AMANAH_MASTER_KEY") == "" && errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the master key is needed: put your copy at %s (mode 0600) or into AMANAH_MASTER_KEY", path)
	}
	return masterKey(cfg, getenv)
}

func schemaNumber() (int64, error) {
	var all []fs.FS
	for _, p := range parts() {
		if p.migrations != nil {
			all = append(all, p.migrations)
		}
	}
	return store.Latest(all)
}

// TryBackup tries an archive from its file, without an installation: nothing can
// be written down then.
func TryBackup(ctx context.Context, cfg config.Config, getenv func(string) string, archive string) (*backup.Manifest, error) {
	m, err := existingMaster(cfg, getenv)
	if err != nil {
		return nil, err
	}
	return backup.Try(ctx, backup.Trial{Master: m, Random: rand.Reader, Path: archive, Tmp: os.TempDir(), URL: cfg.Database})
}

// Restore puts an archive into an empty installation and repeats what happened
// since. Only when it returns without an error can the installation be served.
func Restore(ctx context.Context, cfg config.Config, o Options, archive string) (r RestoreReport, err error) {
	master, err := existingMaster(cfg, o.Getenv)
	if err != nil {
		return r, err
	}
	schema, err := schemaNumber()
	if err != nil {
		return r, err
	}
	m, err := backup.Place(ctx, backup.Restore{Master: master, Random: rand.Reader, Path: archive, Data: cfg.Data, URL: cfg.Database, Schema: schema})
	if err != nil {
		return r, err
	}
	o.Replaying = true
	a, err := New(ctx, cfg, o)
	if err != nil {
		return r, err
	}
	defer a.Close()
	r = RestoreReport{Archive: filepath.Base(archive), MadeAt: m.At.Format("2006-01-02T15:04:05Z07:00"), Rows: m.Database.Rows(), Files: m.Files.Count}
	r.Report, err = a.backup.Replay(ctx, r.Archive, m, func(ctx context.Context, s backup.Since) error { return a.repeat(ctx, s, &r) })
	if err != nil {
		return r, err
	}
	return r, backup.Finish(cfg.Data)
}

// repeat erases again whom the restored data brought back.
func (a *App) repeat(ctx context.Context, since backup.Since, r *RestoreReport) error {
	if err := a.resume(ctx); err != nil { // orders that were under way when the backup was made
		return err
	}
	for _, t := range since.Tenants {
		closed, err := a.closeAgain(ctx, t)
		if err != nil {
			return err
		}
		if closed {
			r.Closed++
		}
	}
	for _, p := range since.People {
		there, err := a.erasure.Again(ctx, p.Who)
		if err != nil {
			return err
		}
		if there {
			r.Erased++
		}
	}
	for _, home := range a.homes("rights") {
		if err := a.repeatOrders(ctx, home, since.Rows, r); err != nil {
			return err
		}
		if err := a.db.Write(ctx, home, func(tx *store.Tx) error {
			_, err := tx.Exec(ctx, "DELETE FROM sessions WHERE tenant_id = $1", tx.Tenant())
			return err
		}); err != nil {
			return err
		}
	}
	return a.db.Compact(ctx)
}

// closeAgain closes a workspace whose key is destroyed and that came back.
func (a *App) closeAgain(ctx context.Context, t id.Tenant) (bool, error) {
	for _, s := range a.services {
		if t == s.Home {
			continue
		}
		home := a.scope(s.Slug, id.Tenant{})
		home.Purpose = "rights"
		err := a.db.Read(ctx, home, func(tx *store.Tx) error { _, err := tenant.Get(ctx, tx, t); return err })
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return false, err
		}
		return true, a.CloseTenant(ctx, s.Slug, t)
	}
	return false, nil
}

// repeatOrders finds by their pseudonym those whose erasure was ordered since and
// whose key stands yet, orders it anew, and puts the proofs of finished orders back.
func (a *App) repeatOrders(ctx context.Context, home store.Scope, rows []store.RawRow, r *RestoreReport) error {
	proofs := map[vault.Index]store.RawRow{}
	var done []store.RawRow
	for _, row := range rows {
		if row.Table != "erasure_orders" || row.Columns["tenant_id"] != home.Tenant.String() {
			continue
		}
		if row.Columns["done_at"] != nil {
			done = append(done, row)
		}
		var proof vault.Index
		if err := proof.Scan(row.Columns["proof"]); err != nil {
			return fault.Wrap("app.repeatOrders", err)
		}
		proofs[proof] = row
	}
	if len(proofs) == 0 {
		return nil
	}
	people, err := a.everybody(ctx, home)
	if err != nil {
		return err
	}
	for _, who := range people {
		proof, err := a.keys.vault.Index(ctx, home.Tenant, erasure.ProofColumn, who.String())
		if err != nil {
			return err
		}
		row, ordered := proofs[proof]
		if !ordered {
			continue
		}
		if row.Columns["done_at"] != nil {
			_, err = a.erasure.Again(ctx, who)
		} else {
			_, err = a.erasure.Erase(ctx, who, erasure.Request{Ground: text(row, "ground"), By: text(row, "ordered_by"), Language: i18n.Lang(text(row, "language"))})
		}
		if err != nil {
			return err
		}
		r.Erased++
	}
	return a.db.PutRaw(ctx, done)
}

func text(r store.RawRow, column string) string { s, _ := r.Columns[column].(string); return s }

// everybody lists who has an account in a service.
func (a *App) everybody(ctx context.Context, home store.Scope) (out []id.Subject, err error) {
	err = a.db.Read(ctx, home, func(tx *store.Tx) error {
		rows, err := tx.Query(ctx, "SELECT subject_id FROM accounts WHERE tenant_id = $1 ORDER BY id", tx.Tenant())
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var who id.Subject
			if err := rows.Scan(&who); err != nil {
				return err
			}
			out = append(out, who)
		}
		return rows.Err()
	})
	return out, err
}
