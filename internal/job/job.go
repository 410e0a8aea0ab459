package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// Task is one piece of work. It holds ids only.
type Task struct {
	// Kind names the handler, such as "capture.deliver".
	Kind    string    `json:"kind"`
	Service string    `json:"service,omitempty"`
	Tenant  id.Tenant `json:"tenant"`
	ID      id.ID     `json:"id"`
}

// Handler does a task. An error has it run again after a growing pause; one that
// store.Closed knows, about every minute for as long as that lasts. Its
// context ends after 30 seconds, that of what Every planned after ten minutes:
// what a killed node had in hand runs again about as late.
type Handler func(ctx context.Context, t Task) error

// Queue takes tasks and works on them.
type Queue struct {
	db       *store.DB
	clock    clock.Clock
	log      *slog.Logger
	handlers map[string]Handler
	engine   engine
	plan     []planned
	slow     []string
	stop     context.CancelFunc
}

type planned struct {
	kind  string
	every time.Duration
}

// Open prepares River's tables. Handlers are added before Start.
func Open(ctx context.Context, db *store.DB, log *slog.Logger) (*Queue, error) {
	q := &Queue{db: db, clock: db.Clock(), log: log, handlers: map[string]Handler{}}
	if err := q.openEngine(ctx); err != nil {
		return nil, fault.Wrap("job.Open", err)
	}
	return q, nil
}

// Handle names the handler of a kind. It panics if there is one: kinds are few
// and written in code.
func (q *Queue) Handle(kind string, h Handler) {
	if q.handlers[kind] != nil {
		panic("job: two handlers for " + kind)
	}
	q.handlers[kind] = h
}

// Every runs a kind on a schedule, on one node of all. The first run is one
// period after the start.
func (q *Queue) Every(kind string, every time.Duration) {
	q.plan = append(q.plan, planned{kind, every})
}

// Slow gives the tasks of a kind ten minutes instead of 30 seconds: for one piece
// of work of a person that is as long as what they brought.
func (q *Queue) Slow(kind string) { q.slow = append(q.slow, kind) }

// Enqueue puts a task in with the caller's transaction, to run at a time; the
// zero time means now.
func (q *Queue) Enqueue(ctx context.Context, tx *store.Tx, t Task, at time.Time) error {
	if q.handlers[t.Kind] == nil {
		return fault.New(fault.Internal, "job.Enqueue", "").Cause(fmt.Errorf("no handler for %q", t.Kind))
	}
	opts := &river.InsertOpts{MaxAttempts: 25}
	if wait := at.Sub(q.clock.Now()); !at.IsZero() && wait > 0 {
		// River sleeps by the machine's clock; the demo's may be another.
		opts.ScheduledAt = clock.System{}.Now().Add(wait)
	}
	return fault.Wrap("job.Enqueue", q.engine.insert(ctx, tx, args{t}, opts))
}

// Start begins to work until Stop.
func (q *Queue) Start(ctx context.Context) error {
	ctx, q.stop = context.WithCancel(ctx)
	return fault.Wrap("job.Start", q.engine.start(ctx))
}

// Stop lets running tasks end, ten seconds at most.
func (q *Queue) Stop() {
	if q.stop == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := q.engine.halt(ctx); err != nil {
		q.log.Warn("jobs did not stop in time", "error", err)
	}
	q.stop()
}

// args is River's one kind: the task inside says which handler.
type args struct{ Task }

func (args) Kind() string { return "task" }

type worker struct {
	river.WorkerDefaults[args]
	q *Queue
}

// held is how soon a task looks again whether what it is for was opened for the
// person.
const held = time.Minute

const (
	quick = 30 * time.Second // of what a transaction put in: a delivery, a letter
	long  = 10 * time.Minute // of what goes over everything, on a schedule, and of what is slow
)

// Timeout bounds one run.
func (w *worker) Timeout(j *river.Job[args]) time.Duration {
	kind := j.Args.Task.Kind
	if slices.Contains(w.q.slow, kind) || slices.ContainsFunc(w.q.plan, func(p planned) bool { return p.kind == kind }) {
		return long
	}
	return quick
}

// Work runs the task's handler.
func (w *worker) Work(ctx context.Context, j *river.Job[args]) error {
	h := w.q.handlers[j.Args.Task.Kind]
	if h == nil {
		return river.JobCancel(errors.New("no handler for " + j.Args.Task.Kind))
	}
	err := h(ctx, j.Args.Task)
	if store.Closed(err) { // no failure: it goes on when the purpose is open again
		return river.JobSnooze(held)
	}
	if err != nil {
		w.q.log.Warn("task failed", "kind", j.Args.Task.Kind, "attempt", j.Attempt, "code", fault.CodeOf(err), "error", err)
	}
	return err
}

// quiet keeps River from storing what an error says: it may quote input.
type quiet struct{}

func (quiet) HandleError(context.Context, *rivertype.JobRow, error) *river.ErrorHandlerResult {
	return nil
}

func (quiet) HandlePanic(_ context.Context, _ *rivertype.JobRow, _ any, _ string) *river.ErrorHandlerResult {
	return nil
}
