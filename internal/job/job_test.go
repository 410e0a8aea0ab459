package job_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"amanah/internal/clock"
	"amanah/internal/job"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
)

func TestQueue(t *testing.T) {
	t.Parallel()
	storetest.Both(t, storetest.Config{Clock: clock.System{}}, func(t *testing.T, b *storetest.Bundle) {
		ctx, ran := context.Background(), make(chan job.Task, 10)
		q := open(t, b)
		failed := false
		q.Handle("good", func(_ context.Context, task job.Task) error { ran <- task; return nil })
		q.Handle("second", func(_ context.Context, task job.Task) error {
			if !failed {
				failed = true
				return errors.New("first time")
			}
			ran <- task
			return nil
		})
		task := job.Task{Kind: "good", Service: "test", Tenant: b.Tenant(), ID: b.IDs.New()}
		rolledBack := errors.New("no")
		err := b.Write(ctx, b.Scope(task.Tenant), func(tx *store.Tx) error {
			if err := q.Enqueue(ctx, tx, task, time.Time{}); err != nil {
				return err
			}
			return rolledBack
		})
		if !errors.Is(err, rolledBack) {
			t.Fatal(err)
		}
		if err := b.Write(ctx, b.Scope(task.Tenant), func(tx *store.Tx) error { return q.Enqueue(ctx, tx, job.Task{Kind: "unknown"}, time.Time{}) }); err == nil {
			t.Error("a task that nobody handles was taken")
		}
		later := job.Task{Kind: "second", Tenant: task.Tenant, ID: b.IDs.New()}
		for _, one := range []job.Task{task, later} {
			if err := b.Write(ctx, b.Scope(task.Tenant), func(tx *store.Tx) error { return q.Enqueue(ctx, tx, one, b.Clock.Now().Add(-time.Hour)) }); err != nil {
				t.Fatal(err)
			}
		}
		if err := q.Start(ctx); err != nil {
			t.Fatal(err)
		}
		defer q.Stop()
		if got := <-ran; got != task {
			t.Errorf("ran %v, want %v: what was rolled back must not run", got, task)
		}
		if got := <-ran; got != later {
			t.Errorf("ran %v, want the failed one again", got)
		}
	})
}

func open(t *testing.T, b *storetest.Bundle) *job.Queue {
	t.Helper()
	q, err := job.Open(context.Background(), b.DB, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// A process that was killed leaves jobs that look as if somebody worked on them.
func TestQueue_takesOverAfterAKill(t *testing.T) {
	t.Parallel()
	ctx, ran := context.Background(), make(chan job.Task, 1)
	b := storetest.Open(t, "sqlite", storetest.Config{Clock: clock.System{}})
	q := open(t, b)
	q.Handle("good", func(_ context.Context, task job.Task) error { ran <- task; return nil })
	task := job.Task{Kind: "good", Tenant: b.Tenant(), ID: b.IDs.New()}
	if err := b.Write(ctx, b.Scope(task.Tenant), func(tx *store.Tx) error { return q.Enqueue(ctx, tx, task, time.Time{}) }); err != nil {
		t.Fatal(err)
	}
	pool, _ := b.JobPool()
	for _, left := range []string{"UPDATE river_job SET state = 'running', attempt = 1, attempted_at = datetime('now')",
		"INSERT INTO river_leader (elected_at, expires_at, leader_id, name) VALUES (datetime('now'), datetime('now', '+1 hour'), 'killed', 'default')"} {
		if _, err := pool.ExecContext(ctx, left); err != nil {
			t.Fatal(err)
		}
	}
	if err := q.Start(ctx); err != nil {
		t.Fatal(err)
	}
	defer q.Stop()
	if got := <-ran; got != task {
		t.Errorf("ran %v, want %v", got, task)
	}
}
