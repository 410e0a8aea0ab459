package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"

	"amanah/internal/cash"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Upload seals a file, reads it whole and keeps it until the person confirms or
// discards it: nothing is booked. Faults: Forbidden for who may only look; Invalid
// on "file".
func (s *Service) Upload(ctx context.Context, sc store.Scope, who id.Subject, name string, r io.Reader) (*Import, error) {
	const op = "exchange.Upload"
	err := s.db.Read(ctx, sc, func(tx *store.Tx) error {
		v, err := s.Cash.View(ctx, tx, who)
		if err == nil && !v.Write {
			err = fault.New(fault.Forbidden, op, "exchange.forbidden")
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	f := vault.FileID(s.db.NewID())
	if _, err = s.db.PutFile(ctx, sc, who, f, io.TeeReader(&bounded{r: r, left: s.MaxBytes}, sum)); err != nil {
		return nil, cut(op, err)
	}
	i := &Import{Subject: who, Name: vault.Seal(shortName(name)), File: f, State: Waiting}
	i.Tenant = sc.Tenant
	if i.Digest, err = s.db.Vault().Index(ctx, sc.Tenant, "cash_imports.digest", string(sum.Sum(nil))); err == nil {
		err = s.keep(ctx, sc, i)
	}
	if err != nil {
		_ = s.db.DeleteFile(context.WithoutCancel(ctx), sc, who, f)
		return nil, fault.Wrap(op, err)
	}
	return i, nil
}

// keep counts a file's rows and stores what it is.
func (s *Service) keep(ctx context.Context, sc store.Scope, i *Import) error {
	p, err := s.Look(ctx, sc, i)
	if err != nil {
		return err
	}
	b, err := json.Marshal(p.Problems)
	if err != nil {
		return err
	}
	i.Writer, i.Total, i.Bad, i.Known, i.Problems = p.Writer, p.Total, p.Bad, p.Known, string(b)
	return s.db.Write(ctx, sc, func(tx *store.Tx) error {
		i.CreatedAt, i.ID = tx.Now(), tx.NewID()
		return store.Insert(ctx, tx, i)
	})
}

// Get is an import of the person's own; fault NotFound for anybody else's.
func (s *Service) Get(ctx context.Context, tx *store.Tx, who id.Subject, key id.ID) (*Import, error) {
	i, err := store.Get[Import](ctx, tx, key)
	if err == nil && i.Subject != who {
		return nil, fault.New(fault.NotFound, "exchange.Get", "not_found")
	}
	return i, err
}

// List are the person's imports, the newest first.
func (s *Service) List(ctx context.Context, tx *store.Tx, who id.Subject) ([]Import, error) {
	return store.Find[Import](ctx, tx, "WHERE tenant_id = $1 AND subject = $2 ORDER BY created_at DESC, id DESC LIMIT 50", tx.Tenant(), who)
}

// Choice is what a person decides about a file.
type Choice struct {
	KeepGood bool // book the other rows where some are bad
	Shared   bool // accounts that are not there yet become the family's, not the person's own
}

// Confirm has a file booked. Faults: Invalid exchange.bad_first on "bad" where lines
// are bad and the rest was not asked for; Conflict if it was confirmed already.
func (s *Service) Confirm(ctx context.Context, sc store.Scope, i *Import, c Choice) error {
	const op = "exchange.Confirm"
	if i.Bad > 0 && !c.KeepGood {
		return fault.New(fault.Invalid, op, "exchange.bad_first").On("bad")
	}
	return fault.Wrap(op, s.db.Write(ctx, sc, func(tx *store.Tx) error {
		v, err := s.Cash.View(ctx, tx, i.Subject)
		if err == nil && !v.Write {
			err = fault.New(fault.Forbidden, op, "exchange.forbidden")
		}
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, "UPDATE cash_imports SET state = $1, keep_good = $2, shared = $3 WHERE tenant_id = $4 AND id = $5 AND state = $6",
			string(Running), c.KeepGood, c.Shared, tx.Tenant(), i.ID, string(Waiting))
		if err == nil && n == 0 {
			err = fault.New(fault.Conflict, op, "exchange.confirmed")
		}
		if err != nil {
			return err
		}
		return s.enqueue(ctx, tx, i.ID)
	}))
}

// Discard destroys a file that is not being booked, and forgets it.
func (s *Service) Discard(ctx context.Context, sc store.Scope, i *Import) error {
	const op = "exchange.Discard"
	err := s.db.Write(ctx, sc, func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, "DELETE FROM cash_imports WHERE tenant_id = $1 AND id = $2 AND subject = $3 AND state <> $4", tx.Tenant(), i.ID, i.Subject, string(Running))
		if err == nil && n == 0 {
			err = fault.New(fault.Conflict, op, "exchange.confirmed")
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
	err := s.db.DeleteFile(ctx, s.work(i.Tenant), i.Subject, i.File)
	if err == nil {
		i.File = vault.FileID{}
	}
	return fault.Wrap("exchange.destroy", err)
}

// shortName is a file's name without folders.
func shortName(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	return strings.ToValidUTF8(name[:min(len(name), 120)], "")
}

// bounded gives a fault where a file is larger than allowed.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, fault.New(fault.TooLarge, "exchange.Upload", "exchange.file.large")
	}
	return n, err
}

// cut turns what a cut or too large request gives into a fault that the form shows.
func cut(op string, err error) error {
	var f *fault.Error
	switch {
	case fault.Is(err, fault.TooLarge), strings.Contains(err.Error(), "request body too large"):
		return fault.New(fault.Invalid, op, "exchange.file.large").On("file")
	case errors.As(err, &f):
		return fault.Wrap(op, err)
	}
	return fault.New(fault.Invalid, op, "exchange.file.cut").On("file").Cause(err)
}

// purpose is what the package works for.
const purpose = cash.Record
