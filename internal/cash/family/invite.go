package family

import (
	"context"
	"errors"

	"amanah/internal/cash"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/consent"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/vault"
)

// Invitation is what an inviter writes.
type Invitation struct {
	Name, Email, Relation string
	Role                  tenant.Role
	// Agree is the inviter's consent to have a relative's data kept; it is needed
	// once.
	Agree  bool
	Device identity.Device
}

// check says all that is wrong at once, each on its field.
func (n *Invitation) check() error {
	const op = "family.Invite"
	var errs []error
	var err error
	n.Name, err = identity.CleanName("name", n.Name)
	errs = append(errs, err)
	_, err = identity.NormalEmail(n.Email)
	errs = append(errs, err)
	if !known(n.Relation) {
		errs = append(errs, fault.New(fault.Invalid, op, "family.relation.missing").On("relation"))
	}
	if n.Role != tenant.Owner && n.Role != tenant.Worker && n.Role != tenant.Viewer {
		errs = append(errs, fault.New(fault.Invalid, op, "identity.role.missing").On("role"))
	}
	return errors.Join(errs...)
}

// Allows tells whether the person consents to relatives' data being kept.
func (s *Service) Allows(ctx context.Context, p identity.Principal) (bool, error) {
	var state consent.State
	err := s.Store.Read(ctx, p.HomeScope("rights"), func(tx *store.Tx) (err error) {
		state, err = consent.StateOf(ctx, tx, p.Subject, cash.Others)
		return err
	})
	return state == consent.Given, fault.Wrap("family.Allows", err)
}

// Invite mails an invitation to a relative and keeps what the inviter wrote until
// the answer. Inviting an address again replaces the earlier invitation. Faults:
// Forbidden for all but owners; Invalid on name, email, relation, role, and on
// "agree" without the inviter's consent; TooMany.
func (s *Service) Invite(ctx context.Context, p identity.Principal, n Invitation) error {
	const op = "family.Invite"
	if p.Role != tenant.Owner {
		return fault.New(fault.Forbidden, op, "")
	}
	err := n.check()
	allowed, failed := s.Allows(ctx, p)
	if failed != nil {
		return failed
	}
	if !allowed && !n.Agree {
		err = errors.Join(err, fault.New(fault.Invalid, op, "family.agree.missing").On("agree"))
	}
	if err != nil {
		return err
	}
	if !allowed { // the gate opens when this is committed
		proof := consent.Proof{How: consent.BySwitch, Lang: n.Device.Lang, IP: n.Device.IP, Agent: n.Device.Agent}
		if _, err := s.Consents.Decide(ctx, p, cash.Others, "", true, proof); err != nil {
			return fault.Wrap(op, err)
		}
	}
	return s.Accounts.InviteWith(ctx, p, n.Email, n.Role, n.Device, func(tx *store.Tx, invitation id.ID, ends clock.Instant) error {
		return tx.For(ctx, cash.Others, func() error {
			return store.Insert(ctx, tx, &Relative{Subject: p.Subject, Workspace: p.Workspace, Invitation: invitation, Name: vault.Seal(n.Name),
				Email: vault.Seal(n.Email), Relation: vault.Seal(n.Relation), CreatedAt: tx.Now(), EndsAt: ends})
		})
	})
}

// Answered forgets what was written of a relative whose invitation is over; it is
// identity.Config.Answered.
func Answered(ctx context.Context, tx *store.Tx, invitation id.ID) error {
	_, err := tx.Exec(ctx, "DELETE FROM family_relatives WHERE tenant_id = $1 AND invitation_id = $2", tx.Tenant(), invitation)
	return fault.Wrap("family.Answered", err)
}

// Lapse forgets what was written of relatives who did not answer in time.
func (s *Service) Lapse(ctx context.Context) (n int64, err error) {
	err = s.Store.Write(ctx, s.home("service"), func(tx *store.Tx) error {
		n, err = tx.Exec(ctx, "DELETE FROM family_relatives WHERE tenant_id = $1 AND ends_at <= $2", tx.Tenant(), tx.Now())
		return err
	})
	return n, fault.Wrap("family.Lapse", err)
}

// silence takes back what a person has asked of others in a family, or in all
// (zero).
func silence(ctx context.Context, tx *store.Tx, who id.Subject, family id.Tenant) error {
	for _, text := range []string{
		"DELETE FROM family_relatives WHERE tenant_id = $1 AND subject = $2",
		"DELETE FROM invitations WHERE tenant_id = $1 AND inviter_id = $2",
	} {
		args := []any{tx.Tenant(), who}
		if !family.IsZero() {
			text, args = text+" AND workspace_id = $3", append(args, family)
		}
		if _, err := tx.Exec(ctx, text, args...); err != nil {
			return fault.Wrap("family.silence", err)
		}
	}
	return nil
}
