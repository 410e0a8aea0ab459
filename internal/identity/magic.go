package identity

import (
	"context"
	"crypto/sha256"
	"slices"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// A mailed link that signs in: how long it is good.
const (
	kindMagic = "magic"
	magicTime = 15 * time.Minute
)

// offersLinks tells whether people of a service may come in by a mailed link.
func (s *Service) offersLinks(slug string) bool { return slices.Contains(s.cfg.Links, slug) }

// linkFirst tells whether a link is a service's first way in.
func (s *Service) linkFirst(slug string) bool {
	return s.offersLinks(slug) && slices.Contains(s.cfg.LinkFirst, slug)
}

// bound is what is kept of a link: a hash of its token together with the secret
// of the browser that asked. One without the other opens nothing; nil for what
// cannot be either.
func bound(token, browser string) []byte {
	if hashToken(token) == nil || hashToken(browser) == nil {
		return nil
	}
	sum := sha256.Sum256([]byte("amanah link\x00" + token + "\x00" + browser))
	return sum[:]
}

// AskLink mails a link that signs in, to an address that has an account; for all
// others it does nothing and answers the same. browser is a secret that the
// asking browser keeps: the link works there alone. Faults: Invalid on the field
// email, TooMany, NotFound where the service offers no links.
func (s *Service) AskLink(ctx context.Context, slug, email, browser string, d Device) error {
	const op = "identity.AskLink"
	if !s.offersLinks(slug) {
		return fault.New(fault.NotFound, op, "not_found")
	}
	if hashToken(browser) == nil {
		return fault.New(fault.Internal, op, "internal")
	}
	return s.ask(ctx, slug, email, d, func(ctx context.Context, v tenant.Service, a *account) error {
		if a.VerifiedAt.IsZero() && len(a.Password) > 0 { // as for a password: the address is proven first
			return s.mailVerification(ctx, v, a.Subject)
		}
		token, _, err := s.newToken()
		if err != nil {
			return err
		}
		err = s.cfg.DB.Write(ctx, visitor(v, "security"), func(tx *store.Tx) error {
			if err := endTokens(ctx, tx, a.Subject, kindMagic); err != nil {
				return err
			}
			now := tx.Now()
			return store.Insert(ctx, tx, &verification{Subject: a.Subject, Kind: kindMagic, TokenHash: bound(token, browser), CreatedAt: now, EndsAt: clock.At(now.Time().Add(magicTime))})
		})
		if err != nil {
			return fault.Wrap(op, err)
		}
		return s.mail(ctx, v, a, "identity.mail.magic", s.link(v, "/signin/link/open", token))
	})
}

// EnterByLink signs in by a mailed link, in the browser that asked for it, once.
// A second factor is asked for as after a password. Faults: Invalid with
// identity.token.wrong for a link that is used, old, or of another browser;
// TooMany.
func (s *Service) EnterByLink(ctx context.Context, slug, token, browser string, d Device) (Ticket, error) {
	const op = "identity.EnterByLink"
	if err := s.Count(ctx, slug, d); err != nil {
		return Ticket{}, err
	}
	v, err := s.service(slug)
	if err != nil {
		return Ticket{}, err
	}
	hash := bound(token, browser)
	if hash == nil || !s.offersLinks(slug) {
		return Ticket{}, errToken()
	}
	var a *account
	var row *verification
	err = s.cfg.DB.Read(ctx, visitor(v, "security"), func(tx *store.Tx) error {
		row, err = store.One[verification](ctx, tx, "WHERE tenant_id = $1 AND token_hash = $2 AND kind = $3 AND used_at IS NULL AND ends_at > $4", tx.Tenant(), hash, kindMagic, tx.Now())
		if err == nil {
			a, err = bySubject(ctx, tx, row.Subject)
		}
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return Ticket{}, errToken()
	}
	if err != nil {
		return Ticket{}, fault.Wrap(op, err)
	}
	// Asked again inside: of two at the same moment one wins.
	return s.welcome(ctx, v, a, nil, ByMagic, d, func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, "UPDATE verifications SET used_at = $3, ends_at = $3 WHERE tenant_id = $1 AND id = $2 AND used_at IS NULL AND ends_at > $3", tx.Tenant(), row.ID, tx.Now())
		if err == nil && n == 0 {
			return errToken()
		}
		if err != nil || !a.VerifiedAt.IsZero() {
			return err
		}
		// The letter reached who signed up without a password.
		if _, err := tx.Exec(ctx, "UPDATE accounts SET verified_at = $3 WHERE tenant_id = $1 AND id = $2 AND verified_at IS NULL", tx.Tenant(), a.Subject, tx.Now()); err != nil {
			return err
		}
		return s.record(ctx, tx, Event{Name: "email.verified", Subject: a.Subject})
	})
}
