package mailbox

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

// pauses before a mailbox is tried again after failures; the last one stays.
var pauses = []time.Duration{15 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour}

// lease is how long a node has a mailbox without saying so again.
const lease = 90 * time.Second

// Start reads mailboxes until Stop.
func (s *Service) Start(ctx context.Context) {
	ctx, s.stop = context.WithCancel(ctx)
	go s.watch(ctx)
}

// Stop lets what is in hand end.
func (s *Service) Stop() {
	if s.stop != nil {
		s.stop()
		<-s.done
	}
}

func (s *Service) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// leave ends this node's reading of a mailbox.
func (s *Service) leave(key id.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if end := s.busy[key]; end != nil {
		end()
	}
}

// watch gives each due mailbox a worker.
func (s *Service) watch(ctx context.Context) {
	var workers sync.WaitGroup
	defer close(s.done)
	defer workers.Wait()
	tick := time.NewTicker(s.Look)
	defer tick.Stop()
	for {
		due, err := s.due(ctx)
		if err != nil && ctx.Err() == nil {
			s.Log.Warn("mailboxes could not be looked for", "error", err)
		}
		for _, key := range due {
			if work, ok := s.begin(ctx, key); ok {
				workers.Go(func() { s.read(work, key) })
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-s.wake:
		}
	}
}

// due are the mailboxes that nobody reads and whose time has come.
func (s *Service) due(ctx context.Context) (out []id.ID, err error) {
	err = s.db.Read(ctx, s.scope(), func(tx *store.Tx) error {
		rows, err := tx.Query(ctx, "SELECT id FROM mailboxes WHERE tenant_id = $1 AND state = 'active' AND next_at <= $2 AND (owner = '' OR owner = $3 OR lease_until < $2) ORDER BY next_at LIMIT 500", s.Home, tx.Now(), s.node)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var key id.ID
			if err := rows.Scan(&key); err != nil {
				return err
			}
			out = append(out, key)
		}
		return rows.Err()
	})
	return out, err
}

// begin notes that this node reads a mailbox; ok is false if it does already.
func (s *Service) begin(ctx context.Context, key id.ID) (context.Context, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy[key] != nil {
		return nil, false
	}
	work, end := context.WithCancel(ctx)
	s.busy[key] = end
	return work, true
}

// read has one mailbox until it fails, is paused, or another node has it.
func (s *Service) read(ctx context.Context, key id.ID) {
	defer func() {
		s.leave(key)
		s.mu.Lock()
		delete(s.busy, key)
		s.mu.Unlock()
	}()
	got, err := s.lease(ctx, key)
	if err != nil || !got {
		return
	}
	ctx, lost := context.WithCancel(ctx)
	defer lost()
	go s.keepLease(ctx, key, lost)
	var m *Mailbox
	err = s.db.Read(ctx, s.scope(), func(tx *store.Tx) (err error) {
		if m, err = store.Get[Mailbox](ctx, tx, key); err != nil || s.Member == nil {
			return err
		}
		in, err := s.Member(ctx, tx, m.Subject, m.Workspace)
		if err == nil && !in {
			err = fault.New(fault.Forbidden, "mailbox.read", "mailbox.left")
		}
		return err
	})
	if err == nil {
		err = s.session(ctx, m)
	}
	// The lease is given back also where the program ends, so that another node
	// need not wait for it.
	s.ended(context.WithoutCancel(ctx), key, m, err, ctx.Err() != nil)
}

// lease takes or keeps a mailbox for this node.
func (s *Service) lease(ctx context.Context, key id.ID) (got bool, err error) {
	err = s.db.Write(ctx, s.scope(), func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, "UPDATE mailboxes SET owner = $1, lease_until = $2 WHERE tenant_id = $3 AND id = $4 AND state = 'active' AND (owner = '' OR owner = $1 OR lease_until < $5)",
			s.node, clock.At(tx.Now().Time().Add(lease)), s.Home, key, tx.Now())
		got = n == 1
		return err
	})
	return got, err
}

func (s *Service) keepLease(ctx context.Context, key id.ID, lost func()) {
	tick := time.NewTicker(lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if got, err := s.lease(ctx, key); err != nil || !got {
				lost()
				return
			}
		}
	}
}

// session reads a mailbox and waits for what comes, for as long as it can.
func (s *Service) session(ctx context.Context, m *Mailbox) error {
	x, err := s.open(ctx, m)
	if err != nil {
		return err
	}
	defer x.Close()
	for {
		if err := s.sync(ctx, x, m); err != nil {
			return err
		}
		if err := x.Wait(ctx, s.Poll); err != nil {
			return err
		}
	}
}

// ended writes why reading ended: a refused password pauses and is told of, what
// may pass is tried again later.
func (s *Service) ended(ctx context.Context, key id.ID, m *Mailbox, cause error, stopped bool) {
	f := fault.Of(cause)
	err := s.db.Write(ctx, s.scope(), func(tx *store.Tx) error {
		now, err := store.Get[Mailbox](ctx, tx, key)
		if fault.Is(err, fault.NotFound) {
			return nil // disconnected
		}
		if err != nil || now.Owner != s.node {
			return err
		}
		switch {
		case stopped || m == nil || !now.Password.Equal(m.Password): // a new one came meanwhile
			now.NextAt = tx.Now()
		case lasting(f.Key) || vault.Destroyed(cause):
			now.State, now.Reason = Paused, f.Key
		default:
			now.Reason = f.Key
			now.NextAt = clock.At(tx.Now().Time().Add(pauses[min(int(now.Failures), len(pauses)-1)]))
			now.Failures++
		}
		n, err := tx.Exec(ctx, "UPDATE mailboxes SET state = $1, reason = $2, next_at = $3, failures = $4, owner = '', lease_until = NULL WHERE tenant_id = $5 AND id = $6 AND owner = $7 AND state = 'active'",
			string(now.State), now.Reason, now.NextAt, now.Failures, s.Home, key, s.node)
		if err != nil || n == 0 || now.State != Paused || s.Told == nil {
			return err
		}
		return s.Told(ctx, tx, now)
	})
	if err != nil {
		s.Log.Warn("a mailbox's end not written", "error", err)
	}
	if cause != nil && !stopped && f.Code == fault.Internal {
		s.Log.Warn("mailbox not read", "error", cause)
	}
}

// lasting are the reasons that do not pass by themselves.
func lasting(key string) bool {
	switch key {
	case "mailbox.left", "imap.login", "imap.folder", "imap.certificate", "imap.insecure", "imap.not_imap", "egress.refused_by_notice", "egress.private_address", "egress.port":
		return true
	}
	return false
}
