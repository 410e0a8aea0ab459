package importing

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"amanah/internal/capture"
	"amanah/internal/extract/mutation"
	"amanah/internal/fault"
	"amanah/internal/job"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// slice is how long one run works before it lets others have the worker.
const slice = 5 * time.Minute

// errElsewhere says that another run goes on with the import.
var errElsewhere = errors.New("importing: another run goes on")

// Run is the handler of Task: it goes on where the last commit was.
func (s *Service) Run(ctx context.Context, t job.Task) error {
	const op = "importing.Run"
	sc := s.scope(t.Tenant)
	var i *Import
	err := s.db.Read(ctx, sc, func(tx *store.Tx) (err error) { i, err = store.Get[Import](ctx, tx, t.ID); return err })
	if fault.Is(err, fault.NotFound) {
		return nil // discarded or erased meanwhile
	}
	if err != nil {
		return fault.Wrap(op, err)
	}
	switch {
	case i.State == Done || i.State == Failed:
		return s.clear(ctx, sc, i)
	case i.State != Running:
		return nil
	case i.Kind == Mails:
		err = s.runMails(ctx, sc, i)
	default:
		err = s.runTable(ctx, sc, i)
	}
	switch {
	case errors.Is(err, errElsewhere):
		return nil
	case vault.Destroyed(err), fault.Is(err, fault.NotFound):
		err = s.end(ctx, sc, i, Failed, "import.file_gone")
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
		n, err := tx.Exec(ctx, "UPDATE imports SET state = $1, reason = $2, ended_at = $3 WHERE tenant_id = $4 AND id = $5 AND state = $6",
			string(state), reason, tx.Now(), tx.Tenant(), i.ID, string(Running))
		if err != nil || n == 0 {
			return err
		}
		i.State, i.Reason, i.EndedAt = state, reason, tx.Now()
		if s.Told != nil {
			return s.Told(ctx, tx, i)
		}
		return nil
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
		_, err := tx.Exec(ctx, "UPDATE imports SET file = NULL WHERE tenant_id = $1 AND id = $2", tx.Tenant(), i.ID)
		return err
	})
}

// runTable checks a file of movements whole, then books it in pieces.
func (s *Service) runTable(ctx context.Context, sc store.Scope, i *Import) error {
	if !i.Checked {
		if err := s.check(ctx, sc, i); err != nil || i.State == Stopped {
			return err
		}
	}
	if i.Bad > 0 && !i.KeepGood {
		return s.stop(ctx, sc, i)
	}
	m := i.Columns()
	r, done, err := s.open(ctx, i, m)
	if err != nil {
		return err
	}
	defer done()
	until := s.clock.Now().Add(slice)
	in := capture.Intake{Source: i.ID, Subject: i.Subject, Issuer: m.Issuer, Last: m.Last, Rule: m.Layout, Zone: s.zone(ctx, i.Tenant), Tell: i.Tell}
	pieces, stop := s.ahead(ctx, r, i.DoneLine)
	defer stop()
	for p := range pieces {
		if p.err != nil {
			return p.err
		}
		if in.Rows = p.rows; len(p.rows) > 0 {
			if err := s.book(ctx, sc, i, in, p.last); err != nil {
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

// parcel is a piece of a file on its way into the books.
type parcel struct {
	rows  []capture.Row
	last  int64
	ended bool
	err   error
}

// ahead reads one piece while another is booked. stop ends the reading, and
// returns when it has ended.
func (s *Service) ahead(ctx context.Context, r *mutation.Reader, behind int64) (<-chan parcel, func()) {
	ctx, cancel := context.WithCancel(ctx)
	out := make(chan parcel)
	go func() {
		defer close(out)
		for {
			p := piece(r, behind, s.Batch)
			select {
			case out <- p:
			case <-ctx.Done():
				return
			}
			if p.ended || p.err != nil {
				return
			}
		}
	}()
	return out, func() {
		cancel()
		for range out { //nolint:revive // until the reader has seen it
		}
	}
}

// check reads the whole file once, and books nothing.
func (s *Service) check(ctx context.Context, sc store.Scope, i *Import) error {
	r, done, err := s.open(ctx, i, i.Columns())
	if err != nil {
		return err
	}
	defer done()
	var problems []Problem
	i.Total, i.Bad = 0, 0
	for ctx.Err() == nil {
		_, err := r.Next()
		var bad *mutation.Bad
		if errors.Is(err, io.EOF) {
			break
		}
		if errors.As(err, &bad) {
			if i.Bad++; len(problems) < maxProblems {
				problems = append(problems, Problem{bad.Line, bad.Reason})
			}
		} else if err != nil {
			return err
		}
		i.Total++
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	b, err := json.Marshal(problems)
	if err != nil {
		return err
	}
	_, i.Unbalanced, _ = r.Balance()
	i.Checked, i.Skipped, i.Problems = true, r.Skipped, string(b)
	err = s.db.Write(ctx, sc, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE imports SET checked = $1, total = $2, bad = $3, skipped = $4, problems = $5, unbalanced = $6 WHERE tenant_id = $7 AND id = $8",
			true, i.Total, i.Bad, i.Skipped, i.Problems, i.Unbalanced, tx.Tenant(), i.ID)
		return err
	})
	if err != nil || i.Bad == 0 || i.KeepGood {
		return err
	}
	return s.stop(ctx, sc, i)
}

// stop waits for the person to decide about bad lines.
func (s *Service) stop(ctx context.Context, sc store.Scope, i *Import) error {
	return s.db.Write(ctx, sc, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE imports SET state = $1 WHERE tenant_id = $2 AND id = $3 AND state = $4", string(Stopped), tx.Tenant(), i.ID, string(Running))
		i.State = Stopped
		return err
	})
}

// piece reads the next rows behind a line. Bad lines were told of already.
func piece(r *mutation.Reader, behind int64, most int) (p parcel) {
	for len(p.rows) < most {
		row, err := r.Next()
		var bad *mutation.Bad
		switch {
		case errors.Is(err, io.EOF):
			p.ended = true
			return p
		case errors.As(err, &bad):
			continue
		case err != nil:
			p.err = err
			return p
		case row.Line <= behind:
			continue
		}
		ref := row.Reference
		if ref == "" {
			ref = row.Text
		}
		p.last = row.Line
		p.rows = append(p.rows, capture.Row{Line: row.Line, Direction: row.Direction, Amount: row.Amount, At: row.At, Precision: row.Precision,
			Merchant: row.Party, Reference: ref, Channel: row.Channel, Category: row.Category, Fingerprint: row.Fingerprint})
	}
	return p
}

// book takes a piece and notes how far it came, in one transaction. Of two runs
// at once only one commits a piece.
func (s *Service) book(ctx context.Context, sc store.Scope, i *Import, in capture.Intake, last int64) error {
	counts := map[capture.State]int64{}
	err := s.db.Write(ctx, sc, func(tx *store.Tx) error {
		clear(counts)
		n, err := tx.Exec(ctx, "UPDATE imports SET done_line = $1 WHERE tenant_id = $2 AND id = $3 AND done_line = $4 AND state = $5", last, tx.Tenant(), i.ID, i.DoneLine, string(Running))
		if err != nil {
			return err
		}
		if n == 0 {
			return errElsewhere
		}
		states, err := s.Books.TakeRows(ctx, tx, in)
		if err != nil {
			return err
		}
		for _, st := range states {
			counts[st]++
		}
		_, err = tx.Exec(ctx, "UPDATE imports SET handled = handled + $1, booked = booked + $2, review = review + $3, same = same + $4 WHERE tenant_id = $5 AND id = $6",
			int64(len(states)), counts[capture.Booked], counts[capture.Review], counts[capture.Same], tx.Tenant(), i.ID)
		return err
	})
	if err != nil {
		return err
	}
	i.DoneLine = last
	i.Handled += int64(len(in.Rows))
	return nil
}
