package factor

import (
	"context"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// Kind is a kind of second factor.
type Kind string

// The kinds. A recovery code is a factor to sign in with, and none that an
// account could have alone.
const (
	None     Kind = ""
	TOTP     Kind = "totp"
	Recovery Kind = "recovery"
	Passkey  Kind = "passkey"
)

// Held is what a person has.
type Held struct {
	App      bool // one-time codes of an app
	AppSince clock.Instant
	AppUsed  clock.Instant
	Passkeys []Key
	Codes    int // recovery codes that are left
}

// Count is how many factors that is; recovery codes are none.
func (h Held) Count() int {
	n := len(h.Passkeys)
	if h.App {
		n++
	}
	return n
}

// Has tells whether a person has a factor. It is asked at every request.
func Has(ctx context.Context, tx *store.Tx, who id.Subject) (bool, error) {
	n := 0
	err := tx.QueryRow(ctx, `SELECT (SELECT count(*) FROM factor_totp WHERE tenant_id = $1 AND subject_id = $2 AND confirmed_at IS NOT NULL)
		+ (SELECT count(*) FROM factor_passkeys WHERE tenant_id = $1 AND subject_id = $2)`, []any{tx.Tenant(), who}, &n)
	return n > 0, fault.Wrap("factor.Has", err)
}

// Of tells what a person has.
func Of(ctx context.Context, tx *store.Tx, who id.Subject) (Held, error) {
	const op = "factor.Of"
	var h Held
	k, err := confirmed(ctx, tx, who)
	if err != nil {
		return h, fault.Wrap(op, err)
	}
	if k != nil {
		h.App, h.AppSince, h.AppUsed = true, k.ConfirmedAt, k.UsedAt
	}
	keys, err := passkeys(ctx, tx, who)
	if err != nil {
		return h, fault.Wrap(op, err)
	}
	for _, p := range keys {
		h.Passkeys = append(h.Passkeys, p.info())
	}
	h.Codes, err = Left(ctx, tx, who)
	return h, fault.Wrap(op, err)
}

// Forget removes everything that a person has, challenges included, and says
// whether there was a factor.
func Forget(ctx context.Context, tx *store.Tx, who id.Subject) (bool, error) {
	had, err := Has(ctx, tx, who)
	if err != nil {
		return false, err
	}
	for _, table := range []string{"factor_totp", "factor_codes", "factor_passkeys", "factor_challenges"} {
		if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE tenant_id = $1 AND subject_id = $2", tx.Tenant(), who); err != nil {
			return false, fault.Wrap("factor.Forget", err)
		}
	}
	return had, nil
}

// Clean removes what was begun and not ended: keys that nobody confirmed within
// a day, and challenges that are over. It says how many rows went.
func Clean(ctx context.Context, tx *store.Tx, before clock.Instant) (int64, error) {
	a, err := tx.Exec(ctx, "DELETE FROM factor_totp WHERE tenant_id = $1 AND confirmed_at IS NULL AND created_at < $2", tx.Tenant(), before)
	if err != nil {
		return 0, fault.Wrap("factor.Clean", err)
	}
	b, err := tx.Exec(ctx, "DELETE FROM factor_challenges WHERE tenant_id = $1 AND ends_at < $2", tx.Tenant(), tx.Now())
	return a + b, fault.Wrap("factor.Clean", err)
}
