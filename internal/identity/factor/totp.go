package factor

import (
	"context"
	"crypto/subtle"
	"encoding/base32"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// What every app speaks: SHA-1, six digits, thirty seconds. One step on either
// side is taken, for clocks that are a little wrong.
const (
	period      = 30
	window      = 1
	secretBytes = 20
	pendingTime = time.Hour
)

// Begin gives the key that a person is about to put into an app: a new one, or
// the one that still waits for its first code. rand gives its 160 bits.
func Begin(ctx context.Context, tx *store.Tx, rand io.Reader, who id.Subject) (secret string, err error) {
	const op = "factor.Begin"
	now := tx.Now()
	k, err := store.One[totpKey](ctx, tx, "WHERE tenant_id = $1 AND subject_id = $2 AND confirmed_at IS NULL AND created_at > $3 ORDER BY id DESC",
		tx.Tenant(), who, clock.At(now.Time().Add(-pendingTime)))
	if err == nil {
		return k.Secret.Reveal(), nil
	}
	if !fault.Is(err, fault.NotFound) {
		return "", fault.Wrap(op, err)
	}
	var b [secretBytes]byte
	if _, err := io.ReadFull(rand, b[:]); err != nil {
		return "", fault.Wrap(op, err)
	}
	secret = base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:])
	return secret, fault.Wrap(op, plant(ctx, tx, who, secret, clock.Instant(0)))
}

// plant stores a key in place of others that are not confirmed; of a confirmed
// one it is the only one.
func plant(ctx context.Context, tx *store.Tx, who id.Subject, secret string, confirmedAt clock.Instant) error {
	only := " AND confirmed_at IS NULL"
	if !confirmedAt.IsZero() {
		only = ""
	}
	if _, err := tx.Exec(ctx, "DELETE FROM factor_totp WHERE tenant_id = $1 AND subject_id = $2"+only, tx.Tenant(), who); err != nil {
		return err
	}
	return store.Insert(ctx, tx, &totpKey{Subject: who, Secret: vault.Seal(secret), CreatedAt: tx.Now(), ConfirmedAt: confirmedAt})
}

// Plant gives a person a key that is known beforehand, confirmed: for the demo.
func Plant(ctx context.Context, tx *store.Tx, who id.Subject, secret string) error {
	return fault.Wrap("factor.Plant", plant(ctx, tx, who, secret, tx.Now()))
}

// Confirm makes the waiting key the person's own if the code is one of its. An
// earlier key goes.
func Confirm(ctx context.Context, tx *store.Tx, who id.Subject, code string) (bool, error) {
	const op = "factor.Confirm"
	k, err := store.One[totpKey](ctx, tx, "WHERE tenant_id = $1 AND subject_id = $2 AND confirmed_at IS NULL AND created_at > $3 ORDER BY id DESC",
		tx.Tenant(), who, clock.At(tx.Now().Time().Add(-2*pendingTime)))
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, fault.Wrap(op, err)
	}
	step, ok, err := match(k.Secret.Reveal(), code, tx.Now().Time(), 0)
	if err != nil || !ok {
		return false, fault.Wrap(op, err)
	}
	n, err := tx.Exec(ctx, "UPDATE factor_totp SET confirmed_at = $4, used_at = $4, counter = $5 WHERE tenant_id = $1 AND id = $2 AND subject_id = $3 AND confirmed_at IS NULL",
		tx.Tenant(), k.ID, who, tx.Now(), step)
	if err != nil || n == 0 {
		return false, fault.Wrap(op, err)
	}
	_, err = tx.Exec(ctx, "DELETE FROM factor_totp WHERE tenant_id = $1 AND subject_id = $2 AND id <> $3", tx.Tenant(), who, k.ID)
	return err == nil, fault.Wrap(op, err)
}

// Check uses a code up; false for a wrong one, one that was used, and for a
// person without an app.
func Check(ctx context.Context, tx *store.Tx, who id.Subject, code string) (bool, error) {
	const op = "factor.Check"
	k, err := confirmed(ctx, tx, who)
	if err != nil || k == nil {
		return false, fault.Wrap(op, err)
	}
	step, ok, err := match(k.Secret.Reveal(), code, tx.Now().Time(), k.Counter)
	if err != nil || !ok {
		return false, fault.Wrap(op, err)
	}
	n, err := tx.Exec(ctx, "UPDATE factor_totp SET counter = $3, used_at = $4 WHERE tenant_id = $1 AND id = $2 AND counter < $3", tx.Tenant(), k.ID, step, tx.Now())
	return n == 1, fault.Wrap(op, err)
}

// RemoveApp takes a person's app away and says whether there was one.
func RemoveApp(ctx context.Context, tx *store.Tx, who id.Subject) (bool, error) {
	n, err := tx.Exec(ctx, "DELETE FROM factor_totp WHERE tenant_id = $1 AND subject_id = $2", tx.Tenant(), who)
	return n > 0, fault.Wrap("factor.RemoveApp", err)
}

// Shown is the next code that a person's key would pass with, pending or
// confirmed; "" where none would now. For the demo, which has no telephone.
func Shown(ctx context.Context, tx *store.Tx, who id.Subject) (string, error) {
	k, err := store.One[totpKey](ctx, tx, "WHERE tenant_id = $1 AND subject_id = $2 ORDER BY id DESC", tx.Tenant(), who)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	if err != nil {
		return "", fault.Wrap("factor.Shown", err)
	}
	now := tx.Now().Time().Unix() / period
	step := max(now, k.Counter+1)
	if step > now+window {
		return "", nil
	}
	return hotp.GenerateCode(k.Secret.Reveal(), uint64(step))
}

func confirmed(ctx context.Context, tx *store.Tx, who id.Subject) (*totpKey, error) {
	k, err := store.One[totpKey](ctx, tx, "WHERE tenant_id = $1 AND subject_id = $2 AND confirmed_at IS NOT NULL ORDER BY id DESC", tx.Tenant(), who)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return k, err
}

// match finds the step of a code near a moment, behind the last one that was
// used. It looks at all of them, so that its time says nothing.
func match(secret, code string, at time.Time, last int64) (step int64, ok bool, err error) {
	code = strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, code)
	if len(code) != otp.DigitsSix.Length() {
		return 0, false, nil
	}
	now := at.Unix() / period
	for s := now - window; s <= now+window; s++ {
		if s <= last {
			continue
		}
		right, err := hotp.GenerateCode(secret, uint64(s))
		if err != nil {
			return 0, false, err
		}
		if subtle.ConstantTimeCompare([]byte(right), []byte(code)) == 1 {
			step, ok = s, true
		}
	}
	return step, ok, nil
}

// Address is what the picture for an app holds (otpauth). It is a secret.
func Address(secret, issuer, account string) string {
	q := url.Values{"secret": {secret}, "issuer": {issuer}, "algorithm": {"SHA1"}, "digits": {"6"}, "period": {"30"}}
	u := url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + issuer + ":" + account, RawQuery: strings.ReplaceAll(q.Encode(), "+", "%20")}
	return u.String()
}
