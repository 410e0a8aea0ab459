package phone

import (
	"context"
	"strings"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/store"
)

// errCode is the one answer to every code that does not prove the number.
func errCode() *fault.Error {
	return fault.New(fault.Invalid, "phone.Confirm", "phone.code.wrong").On("code")
}

// Confirm takes the code that a person read on the telephone. Faults: Invalid
// with phone.code.wrong for a wrong one, phone.code.over where no code is waiting
// (used, too old, too many wrong ones).
func (s *Service) Confirm(ctx context.Context, p identity.Principal, digits string) error {
	const op = "phone.Confirm"
	digits = strings.NewReplacer(" ", "", "-", "").Replace(digits)
	if len(digits) != 6 || strings.Trim(digits, "0123456789") != "" {
		return errCode()
	}
	// A wrong code must be counted, so that the transaction does not end in an error.
	var refused error
	err := s.cfg.DB.Write(ctx, p.HomeScope("security"), func(tx *store.Tx) (err error) {
		refused, err = s.try(ctx, tx, p, digits)
		return err
	})
	if err != nil {
		return fault.Wrap(op, err)
	}
	return refused
}

// try counts a try before it looks, so that many at once do not slip through.
func (s *Service) try(ctx context.Context, tx *store.Tx, p identity.Principal, digits string) (refused, err error) {
	over := fault.New(fault.Invalid, "phone.Confirm", "phone.code.over").On("code")
	row, err := open(ctx, tx, p.Subject)
	if fault.Is(err, fault.NotFound) {
		return over, nil
	}
	if err != nil {
		return nil, err
	}
	n, err := tx.Exec(ctx, "UPDATE phone_codes SET tries = tries + 1 WHERE tenant_id = $1 AND id = $2 AND tries < $3 AND used_at IS NULL AND ends_at > $4",
		tx.Tenant(), row.ID, codeTries, tx.Now())
	if err != nil {
		return nil, err
	}
	if n == 0 { // another try at the same moment was the last, or the right one
		return over, nil
	}
	digest, err := s.digest(ctx, p.Home, row, digits)
	if err != nil {
		return nil, err
	}
	if digest != row.Digest {
		return errCode(), s.cfg.Events.Record(ctx, tx, identity.Event{Name: "phone.failed", Subject: p.Subject})
	}
	return nil, s.prove(ctx, tx, p, row)
}

// prove makes the number of a code the person's.
func (s *Service) prove(ctx context.Context, tx *store.Tx, p identity.Principal, row *code) error {
	if _, err := tx.Exec(ctx, "UPDATE phone_codes SET used_at = $3 WHERE tenant_id = $1 AND id = $2", tx.Tenant(), row.ID, tx.Now()); err != nil {
		return err
	}
	have, err := store.Get[phone](ctx, tx, id.ID(p.Subject))
	if err != nil {
		return err
	}
	have.Number, have.VerifiedAt = row.Number, tx.Now()
	if err := store.Update(ctx, tx, have); err != nil {
		return err
	}
	return s.cfg.Events.Record(ctx, tx, identity.Event{Name: "phone.verified", Subject: p.Subject})
}

// Remove forgets a person's number, and every code that was sent for it. Codes of
// the last day lose the number and stay as counters.
func (s *Service) Remove(ctx context.Context, p identity.Principal) error {
	return fault.Wrap("phone.Remove", s.cfg.DB.Write(ctx, p.HomeScope("security"), func(tx *store.Tx) error {
		gone, err := store.Delete[phone](ctx, tx, id.ID(p.Subject))
		if err != nil || !gone {
			return err
		}
		if err := void(ctx, tx, p.Subject); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "UPDATE phone_codes SET number = NULL, digest = NULL WHERE tenant_id = $1 AND subject_id = $2", tx.Tenant(), p.Subject); err != nil {
			return err
		}
		return s.cfg.Events.Record(ctx, tx, identity.Event{Name: "phone.removed", Subject: p.Subject})
	}))
}
