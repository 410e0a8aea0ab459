package capture

import (
	"context"

	"amanah/internal/capture/target"
	"amanah/internal/channel/webhook"
	"amanah/internal/fault"
	"amanah/internal/id"
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

// maxTargets is how many a workspace may have.
const maxTargets = 20

// NewTarget is a target to be set up.
type NewTarget struct {
	Kind     string
	Settings target.Settings
	Headers  map[string]string // the secret headers of an HTTP target
}

// AddTarget makes a webhook target with a new secret, which is shown once.
// Nothing is sent to it before a test reached it. direction is "out", "in" or "".
func (s *Service) AddTarget(ctx context.Context, tx *store.Tx, owner id.Subject, address, direction string) (key id.ID, secret string, err error) {
	return s.SetUp(ctx, tx, owner, NewTarget{Kind: "webhook", Settings: target.Settings{URL: address, Filter: target.Filter{Direction: direction}}})
}

// SetUp makes a target of any kind. secret is the key of its signatures, to be
// shown once; empty where the kind signs nothing. Nothing is sent to it before a
// test reached it.
func (s *Service) SetUp(ctx context.Context, tx *store.Tx, owner id.Subject, n NewTarget) (key id.ID, secret string, err error) {
	const op = "capture.SetUp"
	k := s.kinds[n.Kind]
	if k == nil {
		return id.ID{}, "", fault.New(fault.Invalid, op, "capture.target.kind.unknown").On("kind")
	}
	if err := check(k, n.Settings); err != nil {
		return id.ID{}, "", err
	}
	var count int
	if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM targets WHERE tenant_id = $1 AND state <> $2", []any{tx.Tenant(), string(TargetRemoved)}, &count); err != nil {
		return id.ID{}, "", fault.Wrap(op, err)
	}
	if count >= maxTargets {
		return id.ID{}, "", fault.New(fault.TooMany, op, "capture.target.too_many").With("limit", maxTargets)
	}
	t := &Target{Subject: owner, Kind: n.Kind, State: TargetActive, CreatedAt: tx.Now()}
	if secret, err = s.equip(t, n); err != nil {
		return id.ID{}, "", fault.Wrap(op, err)
	}
	if err := t.put(k, n.Settings); err != nil {
		return id.ID{}, "", fault.Wrap(op, err)
	}
	if err := store.Insert(ctx, tx, t); err != nil {
		return id.ID{}, "", fault.Wrap(op, err)
	}
	return t.ID, secret, fault.Wrap(op, s.schedule(ctx, tx, t, k))
}

// equip gives a new target the key of its signatures.
func (s *Service) equip(t *Target, n NewTarget) (shown string, err error) {
	if n.Kind != "webhook" && n.Kind != "http" {
		return "", nil
	}
	key, err := webhook.NewSecret(s.Rand)
	if err != nil {
		return "", err
	}
	kept := key.Reveal()
	if n.Kind == "http" {
		if kept, err = (target.Secrets{Signing: key.Reveal(), Headers: n.Headers}).Text(); err != nil {
			return "", err
		}
	}
	t.Secret = vault.Seal(kept)
	return key.Reveal(), nil
}

func check(k target.Kind, set target.Settings) error {
	if err := k.Check(set); err != nil {
		return err
	}
	if err := set.Filter.Check(); err != nil {
		return err
	}
	return set.Mapping.Check()
}

// put writes settings into the row: the address stands in a column of its own.
func (t *Target) put(k target.Kind, set target.Settings) error {
	t.URL, t.Host, t.Direction = vault.Seal(set.URL), vault.Seal(k.Describe(set)), ""
	if d := set.Filter.Direction; d == "out" || d == "in" {
		t.Direction = d
	}
	set.URL = ""
	text, err := set.Text()
	t.Settings = vault.Seal(text)
	return err
}

// Set are a target's settings as they stand in the row.
func (t *Target) Set() (target.Settings, error) {
	set, err := target.ParseSettings(t.Settings.Reveal())
	set.URL = t.URL.Reveal()
	if set.Filter.Direction == "" {
		set.Filter.Direction = t.Direction
	}
	return set, err
}

// Change gives a target other settings; what was verified stays so, unless the
// address is another.
func (s *Service) Change(ctx context.Context, tx *store.Tx, key id.ID, set target.Settings, headers map[string]string) error {
	const op = "capture.Change"
	t, k, err := s.target(ctx, tx, key)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if err := check(k, set); err != nil {
		return err
	}
	if set.URL != t.URL.Reveal() {
		t.VerifiedAt = 0
	}
	if headers != nil && t.Kind == "http" {
		kept, err := target.ParseSecrets(t.Secret.Reveal())
		if err != nil {
			return err
		}
		kept.Headers = headers
		text, err := kept.Text()
		if err != nil {
			return err
		}
		t.Secret = vault.Seal(text)
	}
	if err := t.put(k, set); err != nil {
		return fault.Wrap(op, err)
	}
	if err := store.Update(ctx, tx, t); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.schedule(ctx, tx, t, k))
}

// target reads one that was not removed, with its kind.
func (s *Service) target(ctx context.Context, tx *store.Tx, key id.ID) (*Target, target.Kind, error) {
	t, err := store.Get[Target](ctx, tx, key)
	if err != nil {
		return nil, nil, err
	}
	k := s.kinds[t.Kind]
	if t.State == TargetRemoved || k == nil {
		return nil, nil, fault.New(fault.NotFound, "capture.target", "not_found")
	}
	return t, k, nil
}

// PauseTarget holds a target's deliveries back.
func (s *Service) PauseTarget(ctx context.Context, tx *store.Tx, key id.ID) error {
	n, err := tx.Exec(ctx, "UPDATE targets SET state = $1, reason = $2 WHERE tenant_id = $3 AND id = $4 AND state = $5", string(TargetPaused), "target.by_you", tx.Tenant(), key, string(TargetActive))
	return gone(n, err, "capture.PauseTarget")
}

// PauseTargets holds the deliveries of every target of a workspace back, and says
// of how many.
func (s *Service) PauseTargets(ctx context.Context, tx *store.Tx) (int, error) {
	n, err := tx.Exec(ctx, "UPDATE targets SET state = $1, reason = $2 WHERE tenant_id = $3 AND state = $4", string(TargetPaused), "target.by_you", tx.Tenant(), string(TargetActive))
	return int(n), fault.Wrap("capture.PauseTargets", err)
}

// ResumeTarget sends what was held back, and what comes.
func (s *Service) ResumeTarget(ctx context.Context, tx *store.Tx, key id.ID) error {
	const op = "capture.ResumeTarget"
	n, err := tx.Exec(ctx, "UPDATE targets SET state = $1, reason = '', failing_since = NULL, parked_until = NULL WHERE tenant_id = $2 AND id = $3 AND state = $4", string(TargetActive), tx.Tenant(), key, string(TargetPaused))
	if err := gone(n, err, op); err != nil {
		return err
	}
	if err := s.sendHeld(ctx, tx, key); err != nil {
		return fault.Wrap(op, err)
	}
	t, k, err := s.target(ctx, tx, key)
	if err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.schedule(ctx, tx, t, k))
}

// RemoveTarget forgets a target's address and secrets; what waits for it is given
// up. A grant of somebody else is cut off here and now, and taken back at its
// giver by a job that does not rest until it is.
func (s *Service) RemoveTarget(ctx context.Context, tx *store.Tx, key id.ID) error {
	const op = "capture.RemoveTarget"
	if err := s.cutOff(ctx, tx, key); err != nil {
		return fault.Wrap(op, err)
	}
	n, err := tx.Exec(ctx, "UPDATE targets SET state = $1, reason = '', url = NULL, secret = NULL, settings = NULL, direction = '' WHERE tenant_id = $2 AND id = $3 AND state <> $1", string(TargetRemoved), tx.Tenant(), key)
	if err := gone(n, err, op); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "UPDATE target_replays SET state = $1 WHERE tenant_id = $2 AND target_id = $3 AND state = $4", string(ReplayStopped), tx.Tenant(), key, string(ReplayRunning)); err != nil {
		return fault.Wrap(op, err)
	}
	_, err = tx.Exec(ctx, "UPDATE deliveries SET state = $1, last_error = $2, next_at = NULL WHERE tenant_id = $3 AND target_id = $4 AND state IN ($5, $6)",
		string(Failed), "target.removed", tx.Tenant(), key, string(Pending), string(Dead))
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

// RetryAll tries every dead delivery of a target again and says how many.
func (s *Service) RetryAll(ctx context.Context, tx *store.Tx, key id.ID) (int, error) {
	const op = "capture.RetryAll"
	if _, _, err := s.target(ctx, tx, key); err != nil {
		return 0, fault.Wrap(op, err)
	}
	dead, err := store.Find[Delivery](ctx, tx, "WHERE tenant_id = $1 AND target_id = $2 AND state = $3 ORDER BY created_at, id LIMIT 1000", tx.Tenant(), key, string(Dead))
	if err != nil {
		return 0, fault.Wrap(op, err)
	}
	for i := range dead {
		if err := s.RetryDelivery(ctx, tx, dead[i].ID); err != nil {
			return 0, fault.Wrap(op, err)
		}
	}
	return len(dead), nil
}

// again has a delivery sent now.
func (s *Service) again(ctx context.Context, tx *store.Tx, d *Delivery) error {
	return s.sendAt(ctx, tx, d.ID, tx.Now().Time())
}
