package guardian

import (
	"context"
	"errors"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/consent"
	"amanah/internal/privacy/gate"
	"amanah/internal/privacy/notice"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Daily hands over to those who came of age by the calendar day in WIB, each
// exactly once however often and on however many nodes it runs; tells those whom a
// crash left untold; and erases those whose refusal a crash cut short. It gives how
// many were handed over.
func (s *Service) Daily(ctx context.Context, service string) (grown int, err error) {
	n, _, err := s.rule(service)
	if err != nil {
		return 0, nil // a service without young people
	}
	var all []Ward
	var due []id.Subject
	today := s.DB.Clock().Now()
	err = s.DB.Read(ctx, s.home(service), func(tx *store.Tx) (err error) {
		all, err = store.Find[Ward](ctx, tx, "WHERE tenant_id = $1 AND (grown_at IS NULL OR told_at IS NULL) ORDER BY id", tx.Tenant())
		for _, w := range all {
			born, ok := ParseBorn(w.Born.Reveal(), today)
			if ok && w.State != Refused && w.State != Grown && Age(born, today) >= n.MinimumAge() {
				due = append(due, w.Subject)
			}
		}
		return err
	})
	if err != nil {
		return 0, fault.Wrap("guardian.Daily", err)
	}
	var errs []error
	for _, who := range due {
		fresh, err := s.handOver(ctx, service, n, who)
		errs = append(errs, err)
		if fresh {
			grown++
			errs = append(errs, s.tellGrown(ctx, service, who))
		}
	}
	for i := range all {
		switch all[i].State {
		case Refused:
			errs = append(errs, s.end(ctx, s.home(service), &all[i]))
		case Grown:
			errs = append(errs, s.tellGrown(ctx, service, all[i].Subject))
		}
	}
	return grown, errors.Join(errs...)
}

// handOver ends the guardian's say: purposes of consent close until the person
// answers alone, all others go on, and the date of birth goes.
func (s *Service) handOver(ctx context.Context, service string, n *notice.Notice, who id.Subject) (fresh bool, err error) {
	err = s.DB.Write(ctx, s.home(service), func(tx *store.Tx) error {
		w, err := lock(ctx, tx, who)
		if err != nil || w.State == Grown || w.State == Refused {
			return err
		}
		fresh = true
		w.State, w.GrownAt, w.Born = Grown, tx.Now(), vault.Text{}
		if err := store.Update(ctx, tx, w); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE guardian_parties SET token_hash = NULL, keep_hash = NULL WHERE tenant_id = $1 AND subject_id = $2", tx.Tenant(), who)
		if err != nil {
			return err
		}
		for _, p := range n.Purposes() {
			if !p.NeedsConsent() {
				continue
			}
			state, err := consent.StateOf(ctx, tx, who, p.Key)
			if err != nil {
				return err
			}
			if state != consent.Given {
				continue
			}
			if err := consent.Withdraw(ctx, tx, who, p.Key, s.proof(n, identity.Device{Lang: "id"})); err != nil {
				return err
			}
		}
		if err := audit.Record(ctx, tx, audit.Act{Name: "guardian.grown", Subject: who, Count: 1, Told: true}); err != nil {
			return err
		}
		return gate.Lift(ctx, tx, who, gate.All, gate.Guardian)
	})
	return fresh, fault.Wrap("guardian.handOver", err)
}

// tellGrown asks the person about what they decide alone now. Told is written
// after the letter: after a crash in between it comes twice, never not at all.
func (s *Service) tellGrown(ctx context.Context, service string, who id.Subject) error {
	home := s.home(service)
	if err := s.Post.Person(ctx, home, who, "guardian.letter.grown", "link", s.Address(service)+"/privacy/consents"); err != nil {
		return err
	}
	return s.DB.Write(ctx, home, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE guardian_wards SET told_at = $3 WHERE tenant_id = $1 AND subject_id = $2", tx.Tenant(), who, clock.At(tx.Now().Time()))
		return err
	})
}
