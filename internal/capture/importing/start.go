package importing

import (
	"context"
	"errors"
	"io"
	"time"

	"amanah/internal/extract/mutation"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Choice is what a person decides about a file of movements.
type Choice struct {
	Mapping mutation.Mapping
	// KeepGood books the rest where lines are bad; without it nothing is booked.
	KeepGood bool
	// Tell has the targets told of each row.
	Tell bool
}

// Sheet is a file with the first of its rows as a mapping reads them.
type Sheet struct {
	Preview *mutation.Preview
	Rows    []mutation.Row
	Bad     []Problem
}

// Sheet reads the first rows of a file as a mapping says.
func (s *Service) Sheet(ctx context.Context, i *Import, m mutation.Mapping) (*Sheet, error) {
	p, err := s.look(ctx, i)
	if err != nil {
		return nil, err
	}
	out := &Sheet{Preview: p}
	if m.Check(p.Columns) != nil {
		return out, nil
	}
	r, done, err := s.open(ctx, i, m)
	if err != nil {
		return nil, err
	}
	defer done()
	for len(out.Rows)+len(out.Bad) < 10 {
		row, err := r.Next()
		var bad *mutation.Bad
		switch {
		case errors.Is(err, io.EOF):
			return out, nil
		case errors.As(err, &bad):
			out.Bad = append(out.Bad, Problem{bad.Line, bad.Reason})
		case err != nil:
			return nil, fault.Wrap("importing.Sheet", err)
		default:
			out.Rows = append(out.Rows, row)
		}
	}
	return out, nil
}

// open begins to read an import's file as a mapping says.
func (s *Service) open(ctx context.Context, i *Import, m mutation.Mapping) (*mutation.Reader, func(), error) {
	p, err := s.look(ctx, i)
	if err != nil {
		return nil, nil, err
	}
	f, err := s.db.OpenFile(ctx, s.scope(i.Tenant), i.Subject, i.File)
	if err != nil {
		return nil, nil, fault.Wrap("importing.open", err)
	}
	r, err := mutation.Open(f, m, mutation.Options{Zone: s.zone(ctx, i.Tenant), Now: s.clock.Now(), HeaderLine: p.HeaderLine, From: p.From, To: p.To})
	if err != nil {
		_ = f.Close()
		return nil, nil, err
	}
	return r, func() { _ = f.Close() }, nil
}

// Get is an import of the person's own; fault NotFound for anybody else's.
func (s *Service) Get(ctx context.Context, tx *store.Tx, who id.Subject, key id.ID) (*Import, error) {
	i, err := store.Get[Import](ctx, tx, key)
	if err == nil && i.Subject != who {
		return nil, fault.New(fault.NotFound, "importing.Get", "not_found")
	}
	return i, err
}

// List are the person's imports, newest first.
func (s *Service) List(ctx context.Context, tx *store.Tx, who id.Subject) ([]Import, error) {
	return store.Find[Import](ctx, tx, "WHERE tenant_id = $1 AND subject = $2 ORDER BY created_at DESC, id DESC LIMIT 50", tx.Tenant(), who)
}

// Start has a file of movements booked as the person chose, and remembers the
// mapping for its layout. Fault Conflict if it was started already.
func (s *Service) Start(ctx context.Context, sc store.Scope, i *Import, c Choice) error {
	const op = "importing.Start"
	p, err := s.look(ctx, i)
	if err != nil {
		return err
	}
	if err := c.Mapping.Check(p.Columns); err != nil {
		return err
	}
	if c.Mapping.Issuer == "" {
		return fault.New(fault.Invalid, op, "import.issuer.none").On("issuer")
	}
	if len(c.Mapping.Issuer) > 60 || len(c.Mapping.Last) > 4 {
		return fault.New(fault.Invalid, op, "import.account.invalid").On("last")
	}
	i.setMapping(c.Mapping)
	return fault.Wrap(op, s.db.Write(ctx, sc, func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, "UPDATE imports SET state = $1, started_at = $2 WHERE tenant_id = $3 AND id = $4 AND state = $5", string(Running), tx.Now(), tx.Tenant(), i.ID, string(Waiting))
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, op, "import.started")
		}
		i.State, i.StartedAt, i.KeepGood, i.Tell = Running, tx.Now(), c.KeepGood, c.Tell
		if err := store.Update(ctx, tx, i); err != nil {
			return err
		}
		if err := s.remember(ctx, tx, i); err != nil {
			return err
		}
		return s.enqueue(ctx, tx, i.ID)
	}))
}

// remember keeps the mapping for the next file of the layout.
func (s *Service) remember(ctx context.Context, tx *store.Tx, i *Import) error {
	have, err := store.One[remembered](ctx, tx, "WHERE tenant_id = $1 AND subject = $2 AND layout = $3", tx.Tenant(), i.Subject, i.Layout)
	if fault.Is(err, fault.NotFound) {
		_, err = store.InsertOnce(ctx, tx, &remembered{Subject: i.Subject, Layout: i.Layout, Mapping: i.Mapping, UsedAt: tx.Now()}, "tenant_id, subject, layout")
		return err
	}
	if err != nil {
		return err
	}
	have.Mapping, have.UsedAt = i.Mapping, tx.Now()
	return store.Update(ctx, tx, have)
}

// KeepRest books the good lines of a file that stopped for its bad ones.
func (s *Service) KeepRest(ctx context.Context, sc store.Scope, key id.ID) error {
	const op = "importing.KeepRest"
	return fault.Wrap(op, s.db.Write(ctx, sc, func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, "UPDATE imports SET state = $1, keep_good = $2 WHERE tenant_id = $3 AND id = $4 AND state = $5", string(Running), true, tx.Tenant(), key, string(Stopped))
		if err == nil && n == 0 {
			err = fault.New(fault.Conflict, op, "import.started")
		}
		if err != nil {
			return err
		}
		return s.enqueue(ctx, tx, key)
	}))
}

// Discard destroys a file that is not being booked, and forgets it.
func (s *Service) Discard(ctx context.Context, sc store.Scope, i *Import) error {
	const op = "importing.Discard"
	err := s.db.Write(ctx, sc, func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, "DELETE FROM imports WHERE tenant_id = $1 AND id = $2 AND state <> $3", tx.Tenant(), i.ID, string(Running))
		if err == nil && n == 0 {
			err = fault.New(fault.Conflict, op, "import.started")
		}
		return err
	})
	if err != nil {
		return fault.Wrap(op, err)
	}
	return s.destroy(context.WithoutCancel(ctx), i)
}

func (s *Service) destroy(ctx context.Context, i *Import) error {
	if i.File.IsZero() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	err := s.db.DeleteFile(ctx, s.scope(i.Tenant), i.Subject, i.File)
	if err == nil {
		i.File = vault.FileID{}
	}
	return fault.Wrap("importing.destroy", err)
}
