package capture

import (
	"context"
	"encoding/base32"
	"io"
	"strings"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Box is whose an agent address is.
type Box struct {
	ID        id.ID
	Workspace id.Tenant
	Subject   id.Subject
}

// local makes the part before the @: 16 letters and digits, 80 random bits, so
// that nobody finds one by trying.
func (s *Service) local() (string, error) {
	var b [10]byte
	if _, err := io.ReadFull(s.Rand, b[:]); err != nil {
		return "", err
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:])), nil
}

func (s *Service) addressIndex(ctx context.Context, address string) (vault.Index, error) {
	return s.db.Vault().Index(ctx, s.Home, "agent_addresses.address", strings.ToLower(strings.TrimSpace(address)))
}

func (s *Service) homeScope(from store.Scope) store.Scope {
	from.Tenant, from.Home, from.Service = s.Home, s.Home, s.Slug
	return from
}

// Address gives the workspace's agent address and makes one if there is none.
func (s *Service) Address(ctx context.Context, sc store.Scope, owner id.Subject) (string, error) {
	const op = "capture.Address"
	var have []AgentAddress
	find := func(tx *store.Tx) (err error) {
		have, err = store.Find[AgentAddress](ctx, tx, "WHERE tenant_id = $1 AND workspace_id = $2 AND retired_at IS NULL ORDER BY created_at, id LIMIT 1", s.Home, sc.Tenant)
		return err
	}
	if err := s.db.Read(ctx, s.homeScope(sc), find); err != nil {
		return "", fault.Wrap(op, err)
	}
	if len(have) > 0 {
		return have[0].Address.Reveal(), nil
	}
	local, err := s.local()
	if err != nil {
		return "", fault.Wrap(op, err)
	}
	full := local + "@" + s.Domain
	index, err := s.addressIndex(ctx, full)
	if err != nil {
		return "", fault.Wrap(op, err)
	}
	err = s.db.Write(ctx, s.homeScope(sc), func(tx *store.Tx) error {
		if err := find(tx); err != nil || len(have) > 0 {
			return err
		}
		have = []AgentAddress{{Subject: owner, Workspace: sc.Tenant, Address: vault.Seal(full), AddressIndex: index, CreatedAt: tx.Now()}}
		return store.Insert(ctx, tx, &have[0])
	})
	if err != nil {
		return "", fault.Wrap(op, err)
	}
	return have[0].Address.Reveal(), nil
}

// Renew retires the workspace's addresses, which are refused from then on, and
// gives a new one.
func (s *Service) Renew(ctx context.Context, sc store.Scope, owner id.Subject) (string, error) {
	err := s.db.Write(ctx, s.homeScope(sc), func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE agent_addresses SET retired_at = $1 WHERE tenant_id = $2 AND workspace_id = $3 AND retired_at IS NULL", tx.Now(), s.Home, sc.Tenant)
		return err
	})
	if err != nil {
		return "", fault.Wrap("capture.Renew", err)
	}
	return s.Address(ctx, sc, owner)
}

// Lookup says whose an address is, for RCPT; fault NotFound for one that nobody
// has or that was retired.
func (s *Service) Lookup(ctx context.Context, address string) (Box, error) {
	var b Box
	index, err := s.addressIndex(ctx, address)
	if err != nil {
		return b, fault.Wrap("capture.Lookup", err)
	}
	err = s.db.Read(ctx, s.scope(s.Home, "capture"), func(tx *store.Tx) error {
		return tx.QueryRow(ctx, "SELECT id, workspace_id, subject FROM agent_addresses WHERE tenant_id = $1 AND address_index = $2 AND retired_at IS NULL",
			[]any{s.Home, index}, &b.ID, &b.Workspace, &b.Subject)
	})
	return b, fault.Wrap("capture.Lookup", err)
}

// touch counts a mail and holds the tenant's booking to itself until the
// transaction ends: on PostgreSQL two mails of the same purchase would else both
// find no other.
func touch(ctx context.Context, tx *store.Tx, owner id.Subject, at clock.Instant) error {
	_, err := tx.Exec(ctx, `INSERT INTO capture_mailboxes (tenant_id, id, subject, last_mail_at, mails) VALUES ($1, $2, $3, $4, 1)
		ON CONFLICT (tenant_id) DO UPDATE SET mails = capture_mailboxes.mails + 1,
		last_mail_at = CASE WHEN capture_mailboxes.last_mail_at > excluded.last_mail_at THEN capture_mailboxes.last_mail_at ELSE excluded.last_mail_at END`,
		tx.Tenant(), tx.NewID(), owner, at)
	return err
}
