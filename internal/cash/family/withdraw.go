package family

import (
	"context"
	"errors"

	"amanah/internal/cash"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/consent"
	"amanah/internal/privacy/gate"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// Withdrawn carries out what follows from withdrawn consents to the purpose
// "others": what the person wrote of relatives goes, and who had joined somebody
// else's family leaves it, with everything that is theirs there erased. It tells
// how many left. It is asked after each withdrawal and, because there are several
// ways to withdraw, every minute.
func (s *Service) Withdrawn(ctx context.Context) (int, error) {
	const op = "family.Withdrawn"
	type place struct {
		who    id.Subject
		family id.Tenant
	}
	var out []place
	err := s.Store.Write(ctx, s.home("rights"), func(tx *store.Tx) error {
		people, err := withdrawn(ctx, tx)
		if err != nil {
			return err
		}
		for _, who := range people {
			if err := silence(ctx, tx, who, id.Tenant{}); err != nil {
				return err
			}
			places, err := tenant.Of(ctx, tx, who)
			if err != nil {
				return err
			}
			for _, p := range places {
				if p.Workspace.Owner != who {
					out = append(out, place{who, p.Workspace.Key()})
				}
			}
		}
		return nil
	})
	if err != nil {
		return 0, fault.Wrap(op, err)
	}
	left, errs := 0, []error(nil)
	for _, p := range out {
		_, err := s.leave(ctx, s.home("rights"), p.family, p.who, cash.FateErased, "family.left")
		switch {
		case err == nil:
			left++
		case fault.Is(err, fault.Conflict): // the last owner, or a hold: the gate is closed, and it is tried again
		default:
			errs = append(errs, err)
		}
	}
	return left, fault.Wrap(op, errors.Join(errs...))
}

// withdrawn are the people whose last word on the purpose is no; a consent that
// merely lapsed is none.
func withdrawn(ctx context.Context, tx *store.Tx) ([]id.Subject, error) {
	var maybe, out []id.Subject
	err := consent.Choices(ctx, tx, id.Subject{}, func(c gate.Choice) {
		if c.Purpose == cash.Others && !c.Given {
			maybe = append(maybe, c.Subject)
		}
	})
	for _, who := range maybe {
		if err != nil {
			break
		}
		var state consent.State
		if state, err = consent.StateOf(ctx, tx, who, cash.Others); state == consent.Withdrawn {
			out = append(out, who)
		}
	}
	return out, err
}
