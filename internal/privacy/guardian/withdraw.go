package guardian

import (
	"context"
	"errors"

	"amanah/internal/audit"
	"amanah/internal/fault"
	"amanah/internal/identity"
	"amanah/internal/privacy/consent"
	"amanah/internal/privacy/gate"
	"amanah/internal/store"
)

func joined(errs []error) error { return errors.Join(errs...) }

// Withdraw takes an approval back: from the next use on nothing is processed.
// Taking back what was taken back changes nothing. Fault NotFound for a link that
// does not work.
func (s *Service) Withdraw(ctx context.Context, service, token string, d identity.Device) error {
	const op = "guardian.Withdraw"
	n, _, err := s.rule(service)
	if err != nil {
		return err
	}
	var p *Party
	fresh := false
	err = s.DB.Write(ctx, s.home(service), func(tx *store.Tx) (err error) {
		var w *Ward
		if p, _, err = ByKeep(ctx, tx, token); err != nil {
			return err
		}
		if w, err = lock(ctx, tx, p.Subject); err != nil {
			return err
		}
		if p, err = store.Get[Party](ctx, tx, p.ID); err != nil || p.Answer != Approved {
			return err
		}
		if w.State == Grown || w.State == Refused {
			return errLink(op)
		}
		fresh = true
		p.Answer, p.WithdrawnAt = TakenBack, tx.Now()
		if err := store.Update(ctx, tx, p); err != nil {
			return err
		}
		act := audit.Act{Name: "guardian.withdrawn", Subject: p.Subject, Object: p.Role, Count: 1, Told: true}
		if err := audit.Record(ctx, tx, act); err != nil || w.State != Active {
			return err
		}
		w.State = Suspended
		if err := store.Update(ctx, tx, w); err != nil {
			return err
		}
		for _, key := range asked(n) {
			if err := consent.Withdraw(ctx, tx, w.Subject, key, s.proof(n, d)); err != nil {
				return err
			}
		}
		return gate.Stop(ctx, tx, w.Subject, gate.All, gate.Guardian, w.ID)
	})
	if err != nil {
		return fault.Wrap(op, err)
	}
	if fresh {
		_ = s.Post.Person(ctx, s.home(service), p.Subject, "guardian.letter.suspended")
	}
	return nil
}
