package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// slice is how long one run works before it lets others have the worker.
const slice = time.Minute

// errElsewhere says that another run goes on with the import.
var errElsewhere = errors.New("exchange: another run goes on")

func (s *Service) enqueue(ctx context.Context, tx *store.Tx, key id.ID) error {
	return s.Jobs.Enqueue(ctx, tx, job.Task{Kind: Task, Service: s.Cash.Slug, Tenant: tx.Tenant(), ID: key}, tx.Now().Time())
}

// Run is the handler of Task: it goes on where the last commit was.
func (s *Service) Run(ctx context.Context, t job.Task) error {
	const op = "exchange.Run"
	sc := s.work(t.Tenant)
	var i *Import
	err := s.db.Read(ctx, sc, func(tx *store.Tx) (err error) { i, err = store.Get[Import](ctx, tx, t.ID); return err })
	if fault.Is(err, fault.NotFound) {
		return nil // discarded or erased meanwhile
	}
	if err != nil {
		return fault.Wrap(op, err)
	}
	if i.State == Running {
		err = s.book(ctx, sc, i)
	}
	switch {
	case errors.Is(err, errElsewhere):
		return nil
	case vault.Destroyed(err), fault.Is(err, fault.NotFound), fault.Is(err, fault.Invalid):
		err = s.end(ctx, sc, i, Failed, "exchange.failed.file")
	case fault.Is(err, fault.Forbidden) && !store.Closed(err):
		err = s.end(ctx, sc, i, Failed, "exchange.forbidden")
	}
	if err != nil {
		return fault.Wrap(op, err)
	}
	if i.State == Done || i.State == Failed {
		return s.clear(ctx, sc, i)
	}
	return nil
}

// end closes an import.
func (s *Service) end(ctx context.Context, sc store.Scope, i *Import, state State, reason string) error {
	return s.db.Write(ctx, sc, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE cash_imports SET state = $1, reason = $2, ended_at = $3 WHERE tenant_id = $4 AND id = $5 AND state = $6",
			string(state), reason, tx.Now(), tx.Tenant(), i.ID, string(Running))
		i.State = state
		return err
	})
}

// clear destroys the file of an import that has ended, and notes that.
func (s *Service) clear(ctx context.Context, sc store.Scope, i *Import) error {
	if i.File.IsZero() {
		return nil
	}
	if err := s.destroy(ctx, i); err != nil {
		return err
	}
	return s.db.Write(ctx, sc, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE cash_imports SET file = NULL WHERE tenant_id = $1 AND id = $2", tx.Tenant(), i.ID)
		return err
	})
}

// piece are rows that one transaction books, and how many lines they stand for.
type piece struct {
	rows  []Row
	keys  []sign
	lines int64
	ended bool
}

// book goes through a file and books what lies behind Handled.
func (s *Service) book(ctx context.Context, sc store.Scope, i *Import) error {
	h, err := s.shelf(ctx, sc, i.Subject)
	if err != nil {
		return err
	}
	f, done, err := s.open(ctx, i, h)
	if err != nil {
		return err
	}
	defer done()
	until := s.clock.Now().Add(slice)
	keys, behind := newKeys(s, i), i.Handled
	for ctx.Err() == nil {
		p, err := s.piece(ctx, f, keys, &behind)
		if err != nil {
			return err
		}
		if p.lines > 0 {
			if err := s.take(ctx, sc, i, p); err != nil {
				return err
			}
		}
		if p.ended {
			return s.end(ctx, sc, i, Done, "")
		}
		if s.clock.Now().After(until) {
			return s.db.Write(ctx, sc, func(tx *store.Tx) error { return s.enqueue(ctx, tx, i.ID) })
		}
	}
	return ctx.Err()
}

// piece reads the next rows behind those that are done with. Bad lines were told of.
func (s *Service) piece(ctx context.Context, f *File, keys *keys, behind *int64) (p piece, err error) {
	for len(p.rows) < s.Batch {
		row, err := f.Next()
		var bad *Bad
		switch {
		case errors.Is(err, io.EOF):
			p.ended = true
			return p, nil
		case err != nil && !errors.As(err, &bad):
			return p, err
		}
		var key sign
		if bad == nil {
			if key, err = keys.of(ctx, &row); err != nil { // also of rows before: they count
				return p, err
			}
		}
		if *behind > 0 {
			*behind--
			continue
		}
		if p.lines++; bad == nil {
			p.rows, p.keys = append(p.rows, row), append(p.keys, key)
		}
	}
	return p, nil
}

// take books a piece and notes how far it came, in one transaction. Of two runs at
// once only one commits a piece.
func (s *Service) take(ctx context.Context, sc store.Scope, i *Import, p piece) error {
	var booked, same int64
	var refused []Problem
	err := s.db.Write(ctx, sc, func(tx *store.Tx) error {
		booked, same, refused = 0, 0, i.List()
		before := len(refused)
		n, err := tx.Exec(ctx, "UPDATE cash_imports SET handled = handled + $1 WHERE tenant_id = $2 AND id = $3 AND handled = $4 AND state = $5", p.lines, tx.Tenant(), i.ID, i.Handled, string(Running))
		if err != nil {
			return err
		}
		if n == 0 {
			return errElsewhere
		}
		b, err := s.booker(ctx, tx, i)
		if err != nil {
			return err
		}
		for n := range p.rows {
			fresh, err := b.take(ctx, tx, &p.rows[n], p.keys[n])
			switch {
			case fault.Is(err, fault.Invalid), fault.Is(err, fault.TooMany), fault.Is(err, fault.Conflict):
				refused = append(refused, Problem{p.rows[n].Line, "refused"})
			case err != nil:
				return err
			case fresh:
				booked++
			default:
				same++
			}
		}
		bad := int64(len(refused) - before)
		text, err := json.Marshal(refused[:min(len(refused), maxProblems)])
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE cash_imports SET booked = booked + $1, same = same + $2, bad = bad + $3, problems = $4 WHERE tenant_id = $5 AND id = $6", booked, same, bad, string(text), tx.Tenant(), i.ID)
		i.Problems = string(text)
		return err
	})
	if err != nil {
		return err
	}
	i.Handled += p.lines
	return nil
}
