package inbox

import (
	"context"
	"fmt"
	"sync"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// pauses between tries; after the last one a message is dead.
var pauses = []time.Duration{time.Second, 5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour, 6 * time.Hour}

const (
	// blocking is how many failures keep a conversation waiting for a message,
	// for the sake of order; after that the others may pass it.
	blocking = 3
	lease    = 15 * time.Second
	// again is how often the database is asked for what a lost node left.
	again = time.Minute
)

// Start takes up what waits and works until Stop.
func (b *Inbox) Start(ctx context.Context) error {
	ctx, b.stop = context.WithCancel(ctx)
	if err := b.recover(ctx); err != nil {
		return err
	}
	var workers sync.WaitGroup
	for range b.Workers {
		workers.Go(func() { b.work(ctx) })
	}
	workers.Go(func() { b.watch(ctx) })
	go func() { workers.Wait(); close(b.stopped) }()
	return nil
}

// Stop lets the messages in hand end.
func (b *Inbox) Stop() {
	if b.stop != nil {
		b.stop()
		<-b.stopped
	}
}

// Idle tells whether nothing here waits or is being handled.
func (b *Inbox) Idle() bool { return b.ready.idle() }

func (b *Inbox) watch(ctx context.Context) {
	tick, look := time.NewTicker(200*time.Millisecond), time.NewTicker(again)
	defer tick.Stop()
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			b.ready.poke()
		case <-look.C:
			if err := b.recover(ctx); err != nil && ctx.Err() == nil {
				b.Log.Warn("inbox could not look for waiting messages", "error", err)
			}
		}
	}
}

// recover finds the conversations that have waiting messages, of all tenants.
func (b *Inbox) recover(ctx context.Context) error {
	return b.db.System(ctx, store.UseInbox, store.Actor{Kind: "job"}, func(tx *store.Tx) error {
		rows, err := tx.Query(ctx, `SELECT DISTINCT m.tenant_id, m.conversation, c.service FROM inbox_messages m
			JOIN inbox_conversations c ON c.tenant_id = m.tenant_id AND c.id = m.conversation WHERE m.state = 'waiting'`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var p place
			if err := rows.Scan(&p.tenant, &p.conversation, &p.service); err != nil {
				return err
			}
			b.ready.add(p, b.clock.Now())
		}
		return rows.Err()
	})
}

func (b *Inbox) work(ctx context.Context) {
	for {
		p, ok := b.ready.take(b.clock.Now())
		if !ok {
			select {
			case <-ctx.Done():
				return
			case <-b.ready.wake:
				continue
			}
		}
		if ctx.Err() == nil {
			b.drain(ctx, p)
		}
		b.ready.leave(p)
		if ctx.Err() != nil {
			return
		}
	}
}

// drain handles a conversation's messages one after the other.
func (b *Inbox) drain(ctx context.Context, p place) {
	s := b.Scope(p.service, p.tenant)
	got, err := b.lease(ctx, s, p)
	if err != nil || !got {
		b.ready.add(p, b.clock.Now().Add(lease/4))
		return
	}
	leased := b.clock.Now()
	for ctx.Err() == nil {
		if b.clock.Now().Sub(leased) > lease/3 {
			if got, err := b.lease(ctx, s, p); err != nil || !got {
				b.ready.add(p, b.clock.Now().Add(lease/4))
				return
			}
			leased = b.clock.Now()
		}
		m, wait, err := b.first(ctx, s, p)
		if err != nil {
			if ctx.Err() == nil {
				b.Log.Warn("inbox could not read", "error", err)
			}
			b.ready.add(p, b.clock.Now().Add(time.Second))
			return
		}
		if m == nil {
			if !wait.IsZero() {
				b.ready.add(p, wait)
			}
			return
		}
		b.one(ctx, s, p, *m)
	}
	b.ready.add(p, b.clock.Now())
}

// lease takes or keeps a conversation for this node.
func (b *Inbox) lease(ctx context.Context, s store.Scope, p place) (got bool, err error) {
	if b.node == "local" {
		return true, nil // one process has the folder; ready lets one worker in
	}
	now := b.clock.Now()
	err = b.db.Write(ctx, s, func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE inbox_conversations SET owner = $1, lease_until = $2 WHERE tenant_id = $3 AND id = $4 AND (owner = '' OR owner = $1 OR lease_until < $5)`,
			b.node, clock.At(now.Add(lease)), p.tenant, p.conversation, clock.At(now))
		got = n == 1
		return err
	})
	return got, err
}

// first is the message to handle now, or the time from which on there is one.
func (b *Inbox) first(ctx context.Context, s store.Scope, p place) (m *Message, wait time.Time, err error) {
	err = b.db.Read(ctx, s, func(tx *store.Tx) error {
		m, wait, err = b.pick(ctx, tx, p, nil)
		if !store.Closed(err) {
			return err
		}
		held, err := b.held(ctx, tx, p)
		if err != nil {
			return err
		}
		m, wait, err = b.pick(ctx, tx, p, held)
		if later := b.clock.Now().Add(again); m == nil && (wait.IsZero() || wait.After(later)) {
			wait = later // what is held is looked at again
		}
		return err
	})
	return m, wait, err
}

// held are the people of a conversation whose messages only lie here: they stopped
// what messages are handled for. Those of others pass theirs.
func (b *Inbox) held(ctx context.Context, tx *store.Tx, p place) ([]any, error) {
	rows, err := tx.Query(ctx, "SELECT DISTINCT subject FROM inbox_messages WHERE tenant_id = $1 AND conversation = $2 AND state = 'waiting' AND subject IS NOT NULL", p.tenant, p.conversation)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []any
	for rows.Next() {
		var who id.Subject
		if err := rows.Scan(&who); err != nil {
			return nil, err
		}
		if tx.May(who) != nil {
			out = append(out, who)
		}
	}
	return out, rows.Err()
}

// pick looks among the messages of everybody but some. Those that failed often are
// passed by the others. The state stands in the text, so that the small index of
// what waits is used.
func (b *Inbox) pick(ctx context.Context, tx *store.Tx, p place, but []any) (m *Message, wait time.Time, err error) {
	where, args := "WHERE tenant_id = $1 AND conversation = $2 AND state = 'waiting'", []any{p.tenant, p.conversation}
	for _, who := range but {
		args = append(args, who)
		where += fmt.Sprintf(" AND subject <> $%d", len(args))
	}
	now, n := clock.At(b.clock.Now()), len(args)
	found, err := store.Find[Message](ctx, tx, where+fmt.Sprintf(" AND (attempts < $%d OR next_at <= $%d) ORDER BY seq LIMIT 1", n+1, n+2), append(args[:n:n], blocking, now)...)
	if err != nil {
		return nil, wait, err
	}
	if len(found) == 1 && found[0].NextAt <= now {
		return &found[0], wait, nil
	}
	var at clock.Instant
	err = tx.QueryRow(ctx, "SELECT min(next_at) FROM inbox_messages "+where, args, &at)
	if len(found) == 1 {
		at = found[0].NextAt
	}
	return nil, at.Time(), err
}

// one handles a message: understood outside, its effect and its new state in
// one transaction that only one worker can commit.
func (b *Inbox) one(ctx context.Context, s store.Scope, p place, m Message) {
	apply, err := b.understand(ctx, s, p, m)
	if err == nil {
		err = b.db.Write(ctx, s, func(tx *store.Tx) error {
			n, err := tx.Exec(ctx, "UPDATE inbox_messages SET state = $1, done_at = $2, attempts = attempts + 1 WHERE tenant_id = $3 AND id = $4 AND state = $5", string(Done), tx.Now(), p.tenant, m.ID, string(Waiting))
			if err != nil || n == 0 {
				return err // someone else did it
			}
			r, err := guarded(func() (Result, error) { return apply(ctx, tx) })
			if err != nil {
				return err
			}
			_, err = tx.Exec(ctx, "UPDATE inbox_messages SET state = $1, outcome = $2, reason = $3 WHERE tenant_id = $4 AND id = $5", string(r.State), r.Outcome, r.Reason, p.tenant, m.ID)
			return err
		})
	}
	if err == nil || ctx.Err() != nil {
		return
	}
	if store.Closed(err) {
		err = b.hold(ctx, s, m)
		if err == nil {
			return
		}
	}
	b.Log.Warn("message not handled", "channel", m.Channel, "attempt", m.Attempts+1, "code", fault.CodeOf(err), "error", err)
	if err := b.failed(ctx, s, m, err); err != nil {
		b.Log.Warn("message's failure not written", "error", err)
		b.ready.add(p, b.clock.Now().Add(time.Second))
	}
}

func (b *Inbox) understand(ctx context.Context, s store.Scope, p place, m Message) (Apply, error) {
	h := b.handlers[p.service+"/"+m.Channel]
	if h == nil {
		return nil, fault.New(fault.Internal, "inbox", "inbox.no_handler")
	}
	raw, err := b.Raw(ctx, s, m)
	if err != nil {
		return nil, err
	}
	return guarded(func() (Apply, error) { return h(ctx, s, m, raw) })
}

// guarded turns a panic into an error: one poisonous message stops no one else.
func guarded[T any](f func() (T, error)) (out T, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fault.New(fault.Internal, "inbox", "inbox.broken").Cause(fmt.Errorf("panic in a handler: %T", r))
		}
	}()
	return f()
}

// hold puts a message off, uncounted: its person stopped what it is for. It is
// handled when that is lifted.
func (b *Inbox) hold(ctx context.Context, s store.Scope, m Message) error {
	return b.db.Write(ctx, s, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE inbox_messages SET next_at = $1 WHERE tenant_id = $2 AND id = $3 AND state = $4",
			clock.At(b.clock.Now().Add(again)), s.Tenant, m.ID, string(Waiting))
		return err
	})
}

// Again looks at once at what waits in every conversation: somebody lifted what
// held messages back.
func (b *Inbox) Again(ctx context.Context) error {
	b.ready.hurry(b.clock.Now())
	return b.recover(ctx)
}

// failed counts a try and sets the next one, or gives the message up.
func (b *Inbox) failed(ctx context.Context, s store.Scope, m Message, cause error) error {
	state, next := Waiting, clock.Instant(0)
	if m.Attempts >= len(pauses) {
		state = Dead
	} else {
		next = clock.At(b.clock.Now().Add(pauses[m.Attempts]))
	}
	reason := fault.Of(cause).Key
	if reason == "" {
		reason = "inbox.failed"
	}
	return b.db.Write(ctx, s, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE inbox_messages SET state = $1, attempts = attempts + 1, next_at = $2, reason = $3 WHERE tenant_id = $4 AND id = $5 AND state = $6",
			string(state), next, reason, s.Tenant, m.ID, string(Waiting))
		return err
	})
}

// Retry has a dead message handled once more, from the start.
func (b *Inbox) Retry(ctx context.Context, s store.Scope, key id.ID) error {
	return b.db.Write(ctx, s, func(tx *store.Tx) error {
		m, err := store.Get[Message](ctx, tx, key)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, "UPDATE inbox_messages SET state = $1, attempts = 0, next_at = $2, reason = '' WHERE tenant_id = $3 AND id = $4 AND state = $5", string(Waiting), tx.Now(), s.Tenant, key, string(Dead))
		if err == nil && n == 0 {
			return fault.New(fault.Conflict, "inbox.Retry", "inbox.not_dead")
		}
		tx.AfterCommit(func() { b.ready.add(place{s.Service, s.Tenant, m.Conversation}, b.clock.Now()) })
		return err
	})
}
