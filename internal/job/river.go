package job

import (
	"context"
	"database/sql"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"amanah/internal/store"
)

// engine is River on one of the two databases; its client's type differs.
type engine interface {
	insert(ctx context.Context, tx *store.Tx, a args, o *river.InsertOpts) error
	start(ctx context.Context) error
	halt(ctx context.Context) error
}

func (q *Queue) openEngine(ctx context.Context) error {
	sqlite, postgres := q.db.JobPool()
	if sqlite != nil {
		e, err := open(ctx, q, riversqlite.New(sqlite), func(tx *store.Tx) *sql.Tx { s, _ := tx.SQL(); return s })
		q.engine = e
		return err
	}
	e, err := open(ctx, q, riverpgxv5.New(postgres), func(tx *store.Tx) pgx.Tx { _, p := tx.SQL(); return p })
	if err != nil {
		return err
	}
	q.engine = e
	return q.db.GrantJobs(ctx)
}

type on[T any] struct {
	q      *Queue
	driver riverdriver.Driver[T]
	tx     func(*store.Tx) T
	in     *river.Client[T]
	work   *river.Client[T]
}

func open[T any](ctx context.Context, q *Queue, d riverdriver.Driver[T], tx func(*store.Tx) T) (*on[T], error) {
	m, err := rivermigrate.New(d, &rivermigrate.Config{Logger: silent()})
	if err != nil {
		return nil, err
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return nil, err
	}
	e := &on[T]{q: q, driver: d, tx: tx}
	e.in, err = river.NewClient(d, &river.Config{Logger: silent()})
	return e, err
}

func (e *on[T]) insert(ctx context.Context, tx *store.Tx, a args, o *river.InsertOpts) error {
	_, err := e.in.InsertTx(ctx, e.tx(tx), a, o)
	return err
}

func (e *on[T]) start(ctx context.Context) error {
	workers := river.NewWorkers()
	river.AddWorker(workers, &worker{q: e.q})
	cfg := &river.Config{
		Logger: silent(), Workers: workers, ErrorHandler: quiet{},
		Queues:        map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 16}},
		FetchCooldown: 50 * time.Millisecond, FetchPollInterval: 400 * time.Millisecond,
		// What ended is kept a day: it holds ids only, and nobody looks later.
		CompletedJobRetentionPeriod: 24 * time.Hour, CancelledJobRetentionPeriod: 24 * time.Hour, DiscardedJobRetentionPeriod: 24 * time.Hour,
		// What a killed node had in hand runs again after this, what is planned
		// after its own longer limit (see worker.Timeout).
		JobTimeout: quick, RescueStuckJobsAfter: quick,
	}
	for _, p := range e.q.plan {
		cfg.PeriodicJobs = append(cfg.PeriodicJobs, river.NewPeriodicJob(river.PeriodicInterval(p.every), func() (river.JobArgs, *river.InsertOpts) {
			return args{Task{Kind: p.kind}}, &river.InsertOpts{UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateRetryable, rivertype.JobStateScheduled}}}
		}, nil))
	}
	if err := e.q.takeOver(ctx); err != nil {
		return err
	}
	var err error
	if e.work, err = river.NewClient(e.driver, cfg); err != nil {
		return err
	}
	return e.work.Start(ctx)
}

// takeOver frees what a killed process had in hand. Only one process has a
// SQLite folder, so at its start nobody works and nobody leads. On PostgreSQL
// other nodes may: there River's own limits decide.
func (q *Queue) takeOver(ctx context.Context) error {
	sqlite, _ := q.db.JobPool()
	if sqlite == nil {
		return nil
	}
	for _, free := range []string{"UPDATE river_job SET state = 'available' WHERE state = 'running'", "DELETE FROM river_leader"} {
		if _, err := sqlite.ExecContext(ctx, free); err != nil {
			return err
		}
	}
	return nil
}

func (e *on[T]) halt(ctx context.Context) error { return e.work.Stop(ctx) }

// silent drops River's own log: job logs what matters, without values.
func silent() *slog.Logger { return slog.New(slog.DiscardHandler) }
