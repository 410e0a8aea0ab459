package capture

import (
	"context"
	"strings"

	"amanah/internal/clock"
	"amanah/internal/extract/email"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/inbox"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Forwarder is an address whose forwards by hand a person approved: what it
// quotes is booked from then on, as long as it proves itself.
type Forwarder struct {
	store.Row    `table:"forwarders" subject:"subject" clock:"created:created_at"`
	Subject      id.Subject    `data:"none"`
	Address      vault.Text    `data:"mail.auth"`
	AddressIndex vault.Index   `data:"mail.auth"`
	CreatedAt    clock.Instant `data:"none"`
}

// reasonForwarder says that nobody knows who forwarded.
const reasonForwarder = "forwarder.unknown"

// stranger is the reason to hold what somebody forwarded by hand: anyone can
// quote a bank's words. It is booked where the address proved itself and is the
// person's own, or one whose forward the person approved before; and where the
// mail was put in on this very machine, where nobody could prove anything.
func (s *Service) stranger(ctx context.Context, sc store.Scope, m inbox.Message, via string) (string, error) {
	proofs := auth(m.Auth.Reveal())
	if *proofs == (email.Auth{}) {
		return "", nil
	}
	if proofs.DKIM != "pass" && proofs.SPF != "pass" && proofs.DMARC != "pass" {
		return "auth.none", nil
	}
	if s.Owns != nil {
		if own, err := s.Owns(ctx, sc, m.Subject, via); err != nil || own {
			return "", err
		}
	}
	x, err := s.forwarderIndex(ctx, sc.Tenant, via)
	if err != nil {
		return "", err
	}
	reason := reasonForwarder
	err = s.db.Read(ctx, sc, func(tx *store.Tx) error {
		_, err := store.One[Forwarder](ctx, tx, "WHERE tenant_id = $1 AND address_index = $2", sc.Tenant, x)
		if err == nil {
			reason = ""
		}
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		return err
	})
	return reason, err
}

func (s *Service) forwarderIndex(ctx context.Context, tenant id.Tenant, address string) (vault.Index, error) {
	return s.db.Vault().Index(ctx, tenant, "forwarders.address", strings.ToLower(strings.TrimSpace(address)))
}

// trust remembers who forwarded a mail that a person approved.
func (s *Service) trust(ctx context.Context, tx *store.Tx, c *Captured) error {
	m, err := store.Get[inbox.Message](ctx, tx, c.Message)
	if fault.Is(err, fault.NotFound) || err == nil && m.Sender.IsZero() {
		return nil // the mail is gone by now, or came from nobody
	}
	if err != nil {
		return err
	}
	x, err := s.forwarderIndex(ctx, tx.Tenant(), m.Sender.Reveal())
	if err != nil {
		return err
	}
	_, err = store.InsertOnce(ctx, tx, &Forwarder{Subject: c.Subject, Address: m.Sender, AddressIndex: x, CreatedAt: tx.Now()}, "tenant_id, address_index")
	return err
}
