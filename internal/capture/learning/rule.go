package learning

import (
	"context"
	"time"

	"amanah/internal/clock"
	"amanah/internal/extract/category"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// maxRules bounds how many rules a tenant may have.
const maxRules = 2000

// Facts are a transaction as it was told.
type Facts struct {
	category.Sample
	Issuer  string
	Account id.ID
}

// fits tells whether the rule's conditions hold, and how narrow they are.
func (r *Rule) fits(f Facts) (narrow int, ok bool) {
	for _, c := range [...][2]string{{r.Way, f.Direction}, {r.Issuer, f.Issuer}, {r.Channel, f.Channel}} {
		switch c[0] {
		case "":
		case c[1]:
			narrow++
		default:
			return 0, false
		}
	}
	if !r.Account.IsZero() {
		if r.Account != f.Account {
			return 0, false
		}
		narrow++
	}
	return narrow, true
}

// Fits tells whether the conditions beside the merchant hold.
func (r *Rule) Fits(f Facts) bool { _, ok := r.fits(f); return ok }

// Find gives the rule for a transaction: of several the one with most conditions,
// then the one changed last. nil: none.
func (s *Store) Find(ctx context.Context, tx *store.Tx, f Facts) (*Rule, error) {
	if f.Name.Key == "" {
		return nil, nil
	}
	index, err := s.index(ctx, tx, f.Name)
	if err != nil {
		return nil, err
	}
	all, err := store.FindOpen[Rule](ctx, tx, "WHERE tenant_id = $1 AND merchant_index = $2 AND state = $3 ORDER BY changed_at DESC, id DESC LIMIT 50", tx.Tenant(), index, string(On))
	if err != nil {
		return nil, err
	}
	var best *Rule
	most := -1
	for i := range all {
		if n, ok := all[i].fits(f); ok && n > most {
			best, most = &all[i], n
		}
	}
	return best, nil
}

// Used counts a rule's use.
func (s *Store) Used(ctx context.Context, tx *store.Tx, rule id.ID, times int64) error {
	_, err := tx.Exec(ctx, "UPDATE rules SET uses = uses + $1, used_at = $2 WHERE tenant_id = $3 AND id = $4", times, tx.Now(), tx.Tenant(), rule)
	return err
}

// Save stores a rule, a new one where its id is zero, and sees to it that every
// classifier is made anew. Faults: Invalid on "merchant" for a name without a
// letter, on "" for a rule that does nothing; TooMany beyond the limit.
func (s *Store) Save(ctx context.Context, tx *store.Tx, r *Rule) error {
	const op = "learning.Save"
	name := s.Knowledge.Name(r.Merchant.Reveal())
	switch {
	case name.Key == "":
		return fault.New(fault.Invalid, op, "capture.rule.merchant.missing").On("merchant")
	case r.Empty():
		return fault.New(fault.Invalid, op, "capture.rule.empty").On("category")
	}
	var err error
	if r.MerchantIndex, err = s.index(ctx, tx, name); err != nil {
		return err
	}
	r.ChangedAt = tx.Now()
	if !r.ID.IsZero() {
		if err := store.Update(ctx, tx, r); err != nil {
			return fault.Wrap(op, err)
		}
		return fault.Wrap(op, s.Bump(ctx, tx, r.Subject))
	}
	var n int
	if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM rules WHERE tenant_id = $1", []any{tx.Tenant()}, &n); err != nil {
		return fault.Wrap(op, err)
	}
	if n >= maxRules {
		return fault.New(fault.Conflict, op, "capture.rule.many")
	}
	r.State, r.CreatedAt = On, tx.Now()
	if err := store.Insert(ctx, tx, r); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.Bump(ctx, tx, r.Subject))
}

// back is how long a removed rule can be put back.
const back = 7 * 24 * time.Hour

// Set switches a rule on or off, removes it or puts it back. What it taught the
// classifier goes and comes with it.
func (s *Store) Set(ctx context.Context, tx *store.Tx, key id.ID, to State) (*Rule, error) {
	const op = "learning.Set"
	r, err := store.Get[Rule](ctx, tx, key)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	r.State, r.ChangedAt = to, tx.Now()
	if err := store.Update(ctx, tx, r); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if to == Removed {
		if err := s.purge(ctx, tx); err != nil {
			return nil, fault.Wrap(op, err)
		}
	}
	return r, fault.Wrap(op, s.Bump(ctx, tx, r.Subject))
}

// purge drops rules that were removed long ago, with their lessons and changes.
func (s *Store) purge(ctx context.Context, tx *store.Tx) error {
	old, err := store.Find[Rule](ctx, tx, "WHERE tenant_id = $1 AND state = $2 AND changed_at < $3 LIMIT 200", tx.Tenant(), string(Removed), clock.At(tx.Now().Time().Add(-back)))
	if err != nil {
		return err
	}
	for _, r := range old {
		if err := s.Drop(ctx, tx, r.ID); err != nil {
			return err
		}
	}
	return nil
}

// Drop deletes a rule for good, and all it taught.
func (s *Store) Drop(ctx context.Context, tx *store.Tx, key id.ID) error {
	r, err := store.Get[Rule](ctx, tx, key)
	if err != nil {
		return fault.Wrap("learning.Drop", err)
	}
	for _, text := range []string{"DELETE FROM lessons WHERE tenant_id = $1 AND rule_id = $2", "DELETE FROM rule_changes WHERE tenant_id = $1 AND rule_id = $2", "DELETE FROM rules WHERE tenant_id = $1 AND id = $2"} {
		if _, err := tx.Exec(ctx, text, tx.Tenant(), key); err != nil {
			return fault.Wrap("learning.Drop", err)
		}
	}
	return fault.Wrap("learning.Drop", s.Bump(ctx, tx, r.Subject))
}

// All are the tenant's rules, those that work first, then by their last change.
func (s *Store) All(ctx context.Context, tx *store.Tx) ([]Rule, error) {
	return store.FindOpen[Rule](ctx, tx, `WHERE tenant_id = $1 ORDER BY CASE state WHEN 'on' THEN 0 WHEN 'off' THEN 1 ELSE 2 END, changed_at DESC, id DESC LIMIT $2`, tx.Tenant(), maxRules)
}
