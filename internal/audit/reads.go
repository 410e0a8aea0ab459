package audit

import (
	"context"
	"sync"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// read is one actor's reading of one table about one person, or of a whole table,
// within an hour.
type read struct {
	store.Row  `table:"read_log" subject:"subject,actor" clock:"created:last_at" erase:"free"`
	Place      id.Tenant     `data:"none"`
	ActorKind  string        `data:"security.log"`
	Actor      id.Subject    `data:"none"`
	Credential id.ID         `data:"security.log" whose:"actor"`
	Address    vault.Index   `data:"security.log" whose:"actor"`
	Table      string        `data:"security.log" db:"table_name"`
	Subject    id.Subject    `data:"none"`
	Whole      bool          `data:"none"`
	Rows       int64         `data:"none" db:"row_count"`
	First      clock.Instant `data:"security.log" db:"first_at"`
	Last       clock.Instant `data:"security.log" db:"last_at"`
}

// flushEvery is how long reads wait in memory at most: what a kill loses. Those of
// staff do not wait.
const flushEvery = 250 * time.Millisecond

// bucket is how long reads of the same are one row.
const bucket = time.Hour

// mostOpen is how many rows of this hour are remembered to be added to; more make
// new rows.
const mostOpen = 100_000

// readKey is what makes reads the same.
type readKey struct {
	home, place id.Tenant
	service     string
	kind        string
	actor       id.ID
	credential  id.ID
	address     vault.Index
	table       string
	subject     id.Subject
	whole       bool
	hour        int64
}

type readSum struct {
	rows        int64
	first, last clock.Instant
}

// Reads is the read log: who read which personal data. It is a store.Reads, and
// safe for concurrent use.
type Reads struct {
	db *store.DB

	mu      sync.Mutex
	pending map[readKey]readSum

	writing sync.Mutex // one flush at a time; guards open
	open    map[readKey]id.ID

	wake chan struct{}
	stop chan struct{}
	done chan struct{}
	fail func(error)
}

// NewReads begins to note what transactions of db read. fail hears of what could
// not be written yet; it is tried again.
func NewReads(db *store.DB, fail func(error)) *Reads {
	r := &Reads{db: db, pending: map[readKey]readSum{}, open: map[readKey]id.ID{}, wake: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{}), fail: fail}
	go r.run()
	db.NoteReads(r)
	return r
}

// Close writes what is left.
func (r *Reads) Close() error {
	close(r.stop)
	<-r.done
	return r.Flush(context.Background())
}

// run writes what was noted, a moment after the first of it.
func (r *Reads) run() {
	defer close(r.done)
	for {
		select {
		case <-r.stop:
			return
		case <-r.wake:
		}
		select {
		case <-r.stop:
			return
		case <-time.After(flushEvery):
		}
		if err := r.Flush(context.Background()); err != nil && r.fail != nil {
			r.fail(err)
		}
	}
}

// Note adds what a transaction read to what waits.
func (r *Reads) Note(s store.Scope, at clock.Instant, reads []store.Read) {
	k := readKey{home: s.Home, place: s.Tenant, service: s.Service, kind: s.Actor.Kind, actor: s.Actor.ID, credential: s.Actor.Credential, address: s.Actor.Address, hour: int64(at) / bucket.Microseconds()}
	if k.home.IsZero() {
		k.home = s.Tenant
	}
	r.mu.Lock()
	first := len(r.pending) == 0
	for _, x := range reads {
		k.table, k.subject, k.whole = x.Table, x.Subject, x.Whole
		sum, known := r.pending[k]
		if !known {
			sum.first = at
		}
		sum.rows, sum.last = sum.rows+x.Rows, at
		r.pending[k] = sum
	}
	r.mu.Unlock()
	if first {
		select {
		case r.wake <- struct{}{}:
		default:
		}
	}
}

// Flush writes what waits; it returns when that is durable. What could not be
// written waits on.
func (r *Reads) Flush(ctx context.Context) error {
	r.writing.Lock()
	defer r.writing.Unlock()
	r.mu.Lock()
	taken := r.pending
	r.pending = make(map[readKey]readSum, len(taken))
	r.mu.Unlock()
	homes := map[id.Tenant]map[readKey]readSum{}
	for k, sum := range taken {
		if homes[k.home] == nil {
			homes[k.home] = map[readKey]readSum{}
		}
		homes[k.home][k] = sum
	}
	var failed error
	for home, sums := range homes {
		if err := r.write(ctx, home, sums); err != nil {
			failed = err
			r.back(sums)
		}
	}
	return fault.Wrap("audit.Flush", failed)
}

func (r *Reads) back(sums map[readKey]readSum) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for k, old := range sums {
		sum, known := r.pending[k]
		if !known {
			sum.last = old.last
		}
		sum.rows, sum.first = sum.rows+old.rows, old.first
		r.pending[k] = sum
	}
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// write puts one home's sums into their rows.
func (r *Reads) write(ctx context.Context, home id.Tenant, sums map[readKey]readSum) error {
	var service string
	for k := range sums {
		service = k.service
		break
	}
	made := map[readKey]id.ID{}
	scope := store.Scope{Tenant: home, Home: home, Service: service, Actor: store.Actor{Kind: "job"}, Purpose: "security"}
	err := r.db.WriteGrouped(ctx, scope, func(tx *store.Tx) error {
		clear(made)
		for k, sum := range sums {
			row := read{Place: k.place, ActorKind: k.kind, Actor: id.Subject(k.actor), Credential: k.credential, Address: k.address, Table: k.table, Subject: k.subject, Whole: k.whole, Rows: sum.rows, First: sum.first, Last: sum.last}
			var known bool
			if row.ID, known = r.open[k]; !known {
				row.ID = tx.NewID()
				made[k] = row.ID
			}
			if err := store.PutOr(ctx, tx, &row, "row_count = read_log.row_count + excluded.row_count, last_at = excluded.last_at"); err != nil {
				return err
			}
			if !known && k.kind == store.Staff && !k.subject.IsZero() && k.actor != id.ID(k.subject) {
				if err := Tell(ctx, tx, Act{Name: "staff.read", Subject: k.subject, Object: k.table, Count: sum.rows}); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err == nil {
		r.remember(made)
	}
	return err
}

// remember keeps the rows that may be added to, and forgets those of past hours.
func (r *Reads) remember(made map[readKey]id.ID) {
	var hour int64
	for k := range made {
		hour = max(hour, k.hour)
	}
	if len(r.open)+len(made) > mostOpen {
		clear(r.open)
	}
	for k := range r.open {
		if hour > 0 && k.hour < hour {
			delete(r.open, k)
		}
	}
	for k, row := range made {
		r.open[k] = row
	}
}
