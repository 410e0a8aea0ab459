package factor

import (
	"context"
	"encoding/base32"
	"io"
	"strings"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// How many recovery codes there are, and how long: 12 characters of 32, 60 bits.
const (
	codesMade  = 10
	codeLength = 12
)

// letters of a recovery code, without those that people take for another one.
const letters = "abcdefghjkmnpqrstuvwxyz23456789"

// alphabet has 32: the 31 above and one more digit.
var alphabet = base32.NewEncoding(letters + "0").WithPadding(base32.NoPadding)

// Draw makes recovery codes as they are shown: "abcd-efgh-jkmn".
func Draw(rand io.Reader) ([]string, error) {
	out := make([]string, codesMade)
	for i := range out {
		var b [8]byte
		if _, err := io.ReadFull(rand, b[:]); err != nil {
			return nil, fault.Wrap("factor.Draw", err)
		}
		s := alphabet.EncodeToString(b[:])[:codeLength]
		out[i] = s[:4] + "-" + s[4:8] + "-" + s[8:]
	}
	return out, nil
}

// Mark is how a recovery code is kept and found: a keyed hash of the person and
// the code. It is computed before the transaction.
func Mark(ctx context.Context, v *vault.Vault, home id.Tenant, who id.Subject, code string) (vault.Index, error) {
	plain := strings.Map(func(r rune) rune {
		if strings.ContainsRune(letters+"0", r) {
			return r
		}
		return -1
	}, strings.ToLower(code))
	if len(code) > 64 || len(plain) != codeLength {
		plain = "" // what no code is
	}
	x, err := v.Index(ctx, home, "factor_codes.code", who.String()+":"+plain)
	return x, fault.Wrap("factor.Mark", err)
}

// Keep puts new codes in the place of all that a person had.
func Keep(ctx context.Context, tx *store.Tx, who id.Subject, marks []vault.Index) error {
	const op = "factor.Keep"
	if err := DropCodes(ctx, tx, who); err != nil {
		return err
	}
	for _, m := range marks {
		if err := store.Insert(ctx, tx, &recoveryCode{Subject: who, Code: m, CreatedAt: tx.Now()}); err != nil {
			return fault.Wrap(op, err)
		}
	}
	return nil
}

// DropCodes takes a person's recovery codes away.
func DropCodes(ctx context.Context, tx *store.Tx, who id.Subject) error {
	_, err := tx.Exec(ctx, "DELETE FROM factor_codes WHERE tenant_id = $1 AND subject_id = $2", tx.Tenant(), who)
	return fault.Wrap("factor.DropCodes", err)
}

// Spend uses a recovery code up; false for a wrong one and one that was used. Of
// two at the same moment one wins.
func Spend(ctx context.Context, tx *store.Tx, who id.Subject, mark vault.Index) (bool, error) {
	n, err := tx.Exec(ctx, "UPDATE factor_codes SET used_at = $4 WHERE tenant_id = $1 AND subject_id = $2 AND code_index = $3 AND used_at IS NULL",
		tx.Tenant(), who, mark, tx.Now())
	return n == 1, fault.Wrap("factor.Spend", err)
}

// Left is how many recovery codes a person still has.
func Left(ctx context.Context, tx *store.Tx, who id.Subject) (int, error) {
	n := 0
	err := tx.QueryRow(ctx, "SELECT count(*) FROM factor_codes WHERE tenant_id = $1 AND subject_id = $2 AND used_at IS NULL", []any{tx.Tenant(), who}, &n)
	return n, fault.Wrap("factor.Left", err)
}
