package capture

import (
	"context"
	"net/netip"
	"net/url"
	"strings"

	"amanah/internal/channel/webhook"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// TargetState is what a target is allowed.
type TargetState string

// A target is active or paused; a removed one gets nothing and keeps no address.
const (
	TargetActive  TargetState = "active"
	TargetPaused  TargetState = "paused"
	TargetRemoved TargetState = "removed"
)

// AddTarget makes a webhook target with a new secret, which is shown once.
// Nothing is sent to it before a test reached it. direction is "out", "in" or "".
func (s *Service) AddTarget(ctx context.Context, tx *store.Tx, owner id.Subject, address, direction string) (target id.ID, secret string, err error) {
	const op = "capture.AddTarget"
	host, err := s.targetHost(address)
	if err != nil {
		return id.ID{}, "", err
	}
	if direction != "" && direction != "out" && direction != "in" {
		return id.ID{}, "", fault.New(fault.Invalid, op, "capture.edit.direction").On("direction")
	}
	var count int
	if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM targets WHERE tenant_id = $1 AND state <> $2", []any{tx.Tenant(), string(TargetRemoved)}, &count); err != nil {
		return id.ID{}, "", fault.Wrap(op, err)
	}
	if count >= 20 {
		return id.ID{}, "", fault.New(fault.TooMany, op, "capture.target.too_many").With("limit", 20)
	}
	key, err := webhook.NewSecret(s.Rand)
	if err != nil {
		return id.ID{}, "", fault.Wrap(op, err)
	}
	t := &Target{Subject: owner, Kind: "webhook", URL: vault.Seal(address), Host: vault.Seal(host), Secret: vault.Seal(key.Reveal()), State: TargetActive, Direction: direction, CreatedAt: tx.Now()}
	err = store.Insert(ctx, tx, t)
	return t.ID, key.Reveal(), fault.Wrap(op, err)
}

// targetHost refuses what the Door would refuse anyway, so that the person sees
// it in the form. The Door decides at every delivery.
func (s *Service) targetHost(address string) (string, error) {
	wrong := func(key string) error {
		return fault.New(fault.Invalid, "capture.AddTarget", key).On("url")
	}
	u, err := url.Parse(address)
	if err != nil || len(address) > 2000 || u.Host == "" || u.User != nil || u.Fragment != "" {
		return "", wrong("capture.target.bad_url")
	}
	host := strings.ToLower(u.Hostname())
	ip, ipErr := netip.ParseAddr(host)
	loopback := host == "localhost" || ipErr == nil && ip.IsLoopback()
	switch {
	case loopback && s.Loopback && (u.Scheme == "http" || u.Scheme == "https"):
		return strings.ToLower(u.Host), nil
	case u.Scheme != "https":
		return "", wrong("capture.target.insecure")
	case loopback, ipErr == nil && (ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsUnspecified()), ipErr != nil && !strings.Contains(host, "."):
		return "", wrong("capture.target.private")
	}
	return strings.ToLower(u.Host), nil
}

// PauseTarget holds a target's deliveries back.
func (s *Service) PauseTarget(ctx context.Context, tx *store.Tx, target id.ID) error {
	n, err := tx.Exec(ctx, "UPDATE targets SET state = $1, reason = $2 WHERE tenant_id = $3 AND id = $4 AND state = $5", string(TargetPaused), "target.by_you", tx.Tenant(), target, string(TargetActive))
	return gone(n, err, "capture.PauseTarget")
}

// ResumeTarget sends what was held back, and what comes.
func (s *Service) ResumeTarget(ctx context.Context, tx *store.Tx, target id.ID) error {
	const op = "capture.ResumeTarget"
	n, err := tx.Exec(ctx, "UPDATE targets SET state = $1, reason = '', failing_since = NULL WHERE tenant_id = $2 AND id = $3 AND state = $4", string(TargetActive), tx.Tenant(), target, string(TargetPaused))
	if err := gone(n, err, op); err != nil {
		return err
	}
	held, err := store.Find[Delivery](ctx, tx, "WHERE tenant_id = $1 AND target_id = $2 AND state = $3 ORDER BY created_at, id", tx.Tenant(), target, string(Pending))
	if err != nil {
		return fault.Wrap(op, err)
	}
	for i := range held {
		if err := s.again(ctx, tx, &held[i]); err != nil {
			return fault.Wrap(op, err)
		}
	}
	return nil
}

// RemoveTarget forgets a target's address and secret; what waits for it is
// given up.
func (s *Service) RemoveTarget(ctx context.Context, tx *store.Tx, target id.ID) error {
	const op = "capture.RemoveTarget"
	n, err := tx.Exec(ctx, "UPDATE targets SET state = $1, reason = '', url = NULL, secret = NULL WHERE tenant_id = $2 AND id = $3 AND state <> $1", string(TargetRemoved), tx.Tenant(), target)
	if err := gone(n, err, op); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "UPDATE deliveries SET state = $1, last_error = $2, next_at = NULL WHERE tenant_id = $3 AND target_id = $4 AND state IN ($5, $6)",
		string(Failed), "target.removed", tx.Tenant(), target, string(Pending), string(Dead))
	return fault.Wrap(op, err)
}

func gone(n int64, err error, op string) error {
	if err == nil && n == 0 {
		return fault.New(fault.NotFound, op, "not_found")
	}
	return fault.Wrap(op, err)
}

// RetryDelivery tries a dead delivery again, from the first pause on.
func (s *Service) RetryDelivery(ctx context.Context, tx *store.Tx, delivery id.ID) error {
	const op = "capture.RetryDelivery"
	d, err := store.Get[Delivery](ctx, tx, delivery)
	if err != nil {
		return fault.Wrap(op, err)
	}
	n, err := tx.Exec(ctx, "UPDATE deliveries SET state = $1, attempts = 0 WHERE tenant_id = $2 AND id = $3 AND state = $4", string(Pending), tx.Tenant(), delivery, string(Dead))
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, op, "capture.changed")
	}
	if err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.again(ctx, tx, d))
}

// again has a delivery sent now.
func (s *Service) again(ctx context.Context, tx *store.Tx, d *Delivery) error {
	if _, err := tx.Exec(ctx, "UPDATE deliveries SET next_at = $1 WHERE tenant_id = $2 AND id = $3", tx.Now(), tx.Tenant(), d.ID); err != nil {
		return err
	}
	return s.Jobs.Enqueue(ctx, tx, job.Task{Kind: DeliverTask, Service: s.Slug, Tenant: tx.Tenant(), ID: d.ID}, tx.Now().Time())
}
