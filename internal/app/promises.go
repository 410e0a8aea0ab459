package app

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"amanah/internal/config"
	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/privacy/egress"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/promise"
	"amanah/internal/store"
)

// checkPromises is the task that looks at every promise.
const checkPromises = "promise.check"

// promiseFile holds what was found last, for the command while the server has the
// data folder. Nothing about a person is in it.
const promiseFile = "promises.json"

// promiseChecks are all checks that promises may name. They look only once the
// program runs; before that a may be empty.
func promiseChecks(a *App) []promise.Check {
	out := promise.Checks()
	out = append(out, promise.Door(func(l egress.Ledger) *egress.Door {
		return egress.New(a.rules, l, egress.Options{AllowLoopback: a.Demo || a.cfg.Egress.AllowLoopback, Clock: a.Clock, Logger: a.Log})
	}))
	out = append(out, a.namesConsented(), a.relativesConsented(), promise.Transport(a.serving), promise.Audit(func(ctx context.Context, service string) error {
		_, err := a.audits[service].Verify(ctx)
		return err
	}))
	out = append(out, promise.Pages(func() http.Handler { return a.handler }, a.address)...)
	return out
}

// serving is how people reach the web server.
func (a *App) serving() (s promise.Serving, err error) {
	if a.cfg.TLS.Certificate != "" {
		s.TLS, err = a.tlsConfig()
		return s, err
	}
	s.Proxy = a.cfg.TLS.Proxy
	s.Local = !s.Proxy && a.cfg.Sealed()
	return s, nil
}

// laterParts are parts of the program that no notice switches on and that do not
// run yet: promises may wait for them. There is none today.
var laterParts []string

// runsPart tells whether a part that a promise waits for runs for a service.
func (r *rules) runsPart(service, module string) bool {
	n := r.noticeOf(service)
	return n != nil && slices.Contains(products, module) && slices.Contains(n.Modules(), module)
}

func (r *rules) noticeOf(service string) *notice.Notice {
	for _, n := range r.notices {
		if n.Service() == service {
			return n
		}
	}
	return nil
}

// verifyPromises finds promises that nothing keeps.
func verifyPromises(r *rules) []notice.Finding {
	return promise.Verify(r.notices, promiseChecks(&App{}), r.runsPart, func(n *notice.Notice, module string) bool {
		return slices.Contains(n.Modules(), module) || slices.Contains(laterParts, module)
	})
}

func (a *App) openPromises(context.Context) (err error) {
	a.promises, err = promise.New(promise.Config{DB: a.db, Schema: a.schema, Tenants: enclosures{a}, Events: closings{a}, Notices: a.rules.notices,
		Checks: promiseChecks(a), Runs: a.rules.runsPart, Home: func(s string) store.Scope { return a.scope(s, id.Tenant{}) }, Log: a.Log})
	return err
}

// planPromises looks at every promise now and every hour.
func (a *App) planPromises(ctx context.Context) error {
	a.jobs.Handle(checkPromises, func(ctx context.Context, _ job.Task) error { return a.LookAtPromises(ctx) })
	a.jobs.Slow(checkPromises)
	a.jobs.Every(checkPromises, time.Hour)
	if len(a.services) == 0 {
		return nil
	}
	return a.db.Write(ctx, a.scope(a.services[0].Slug, id.Tenant{}), func(tx *store.Tx) error {
		return a.jobs.Enqueue(ctx, tx, job.Task{Kind: checkPromises}, time.Time{})
	})
}

// LookAtPromises runs every check, and leaves what it found for the command.
func (a *App) LookAtPromises(ctx context.Context) error {
	if err := a.promises.Run(ctx); err != nil {
		return err
	}
	all, err := a.Promises(ctx)
	if err != nil {
		return err
	}
	text, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return writeWhole(filepath.Join(a.cfg.Data, promiseFile), text)
}

// Promises is how every promise of every service stands.
func (a *App) Promises(ctx context.Context) ([]promise.Shown, error) {
	var out []promise.Shown
	for _, n := range a.rules.notices {
		lines, err := a.promises.Board(ctx, n.Service())
		if err != nil {
			return nil, err
		}
		out = append(out, promise.Show(a.catalog, n, lines)...)
	}
	return out, nil
}

// writeWhole replaces a file by another, whole or not at all.
func writeWhole(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// FoundPromises is what a server that has the data folder found last; ok is false
// where none did.
func FoundPromises(cfg config.Config) (list []promise.Shown, ok bool, err error) {
	text, err := os.ReadFile(filepath.Join(cfg.Data, promiseFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	return list, true, json.Unmarshal(text, &list)
}
