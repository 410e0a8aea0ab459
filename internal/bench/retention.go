package bench

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"time"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/hold"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/retention"
	"amanah/internal/privacy/rights/rowset"
	"amanah/internal/store"
	"amanah/internal/vault"
	"amanah/notices"
)

//go:embed passing/*.sql
var passingTables embed.FS

// sweepShare is the goal of the sweep.
const sweepShare = 0.5

// passing is what the sweep takes away: kept for 90 days after it came.
type passing struct {
	store.Row `table:"bench_passing" subject:"subject" clock:"captured:came_at"`
	Subject   id.Subject    `data:"none"`
	Body      vault.Text    `data:"mail.raw"`
	CameAt    clock.Instant `db:"came_at" data:"mail.raw"`
}

const passingSet = "bench-passing"

// sweeping measures the sweep of what is due of a table, with its holds, its record
// of destruction and its audit entries, against one statement of the engine that
// deletes the same rows of the same table beside it. Every second row is due.
func sweeping(ctx context.Context, o Options, database string) (r *Result, err error) {
	dir, err := os.MkdirTemp("", "amanah-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	set := store.Set{Module: passingSet, Rows: []any{passing{}}}
	k, err := openKept(ctx, o, dir, database, part{set, store.Folder(passingTables, "passing")}, part{deadline.Tables(), deadline.Migrations()}, part{hold.Tables(), hold.Migrations()}, part{retention.Tables(), retention.Migrations()})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, k.close()) }()
	b, err := openBare(ctx, k, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	schema, err := rowset.New(k.db.Map(), k.sets...)
	if err != nil {
		return nil, err
	}
	all, _ := notice.LoadNotices(notices.FS)
	sweep, err := retention.New(retention.Config{DB: k.db, Schema: schema, Files: noFiles{}, Tenants: k, Notice: func(service string) (*notice.Notice, bool) {
		for _, n := range all {
			if n.Service() == service {
				return n, true
			}
		}
		return nil, false
	}})
	if err != nil {
		return nil, err
	}
	var swept, deleted time.Duration
	rounds := max(1, o.Rounds/3)
	k.people = []id.Subject{id.Subject(k.db.NewID())}
	for range rounds {
		s, d, err := sweepRound(ctx, o, k, b, sweep)
		if err != nil {
			return nil, err
		}
		swept, deleted = least(swept, s), least(deleted, d)
	}
	due := float64(o.Records / 2)
	r = &Result{Engine: k.db.Engine(), Baseline: "one DELETE of the same rows of the same table with the same indexes, on the same engine, disk, file encryption and flush"}
	r.add("rows due", due, "rows", 0)
	r.add("baseline", due/deleted.Seconds(), "rows/s", 1)
	r.add("sweep", due/swept.Seconds(), "rows/s", float64(deleted)/float64(swept))
	share := float64(deleted) / float64(swept)
	r.goal("sweep: at least 0.5 of the engine's own bulk delete", share, share >= sweepShare)
	return r, nil
}

// sweepRound fills both tables anew and empties them.
func sweepRound(ctx context.Context, o Options, k *kept, b *bareSide, sweep *retention.Retention) (swept, deleted time.Duration, err error) {
	now := o.Clock.Now()
	due, fresh := clock.At(now.Add(-100*24*time.Hour)), clock.At(now)
	for from := 0; from < o.Records; from += piece {
		to := min(from+piece, o.Records) - 1
		err := k.db.Write(ctx, k.scope(byJob, 0), func(tx *store.Tx) error {
			_, err := tx.Exec(ctx, passingFill("bench_passing", from, to, due, fresh), tx.Tenant().String(), k.people[0].String())
			return err
		})
		if err == nil {
			err = b.exec(ctx, passingFill("bare_passing", from, to, due, fresh), b.tenant(), k.people[0].String())
		}
		if err != nil {
			return 0, 0, err
		}
	}
	if err := k.settle(ctx); err != nil {
		return 0, 0, err
	}
	runtime.GC()
	began := o.Clock.Now()
	report, err := sweep.Run(ctx, now, false)
	swept = o.Clock.Now().Sub(began)
	if err == nil && report.Rows() != int64(o.Records/2) {
		err = fmt.Errorf("the sweep took %d rows", report.Rows())
	}
	if err != nil {
		return 0, 0, err
	}
	runtime.GC()
	began = o.Clock.Now()
	err = b.exec(ctx, "DELETE FROM bare_passing WHERE tenant_id = $1 AND came_at <= $2", b.tenant(), int64(due))
	deleted = o.Clock.Now().Sub(began)
	if err != nil {
		return 0, 0, err
	}
	err = k.db.Write(ctx, k.scope(byJob, 0), func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM bench_passing WHERE tenant_id = $1", tx.Tenant())
		return err
	})
	return swept, deleted, errors.Join(err, b.exec(ctx, "DELETE FROM bare_passing WHERE tenant_id = $1", b.tenant()))
}

// passingFill makes rows of both engines alike; the even ones are due. Nobody opens
// the bodies.
func passingFill(table string, from, to int, due, fresh clock.Instant) string {
	return fmt.Sprintf(`INSERT INTO %s (tenant_id, id, subject, body, came_at)
		WITH RECURSIVE n(i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i < %d)
		SELECT $1, '00000000-0000-7000-8000-' || SUBSTR(CAST(1000000000000 + i AS TEXT), 2), $2, CAST('%0133d' AS BYTEA), CASE WHEN i %% 2 = 0 THEN %d ELSE %d END FROM n`, table, from, to, 7, due, fresh)
}

// Tenants are the one that is swept.
func (k *kept) Tenants(context.Context) ([]store.Scope, error) {
	s := k.scope(byJob, 0)
	s.Home = k.home
	return []store.Scope{s}, nil
}

// noFiles is a store of files with none in it: no row here names one.
type noFiles struct{}

// OpenFile finds none.
func (noFiles) OpenFile(context.Context, id.Tenant, id.Subject, vault.FileID) (io.ReadCloser, error) {
	return nil, fs.ErrNotExist
}

// DeleteFile finds none.
func (noFiles) DeleteFile(context.Context, id.Tenant, id.Subject, vault.FileID) error { return nil }
