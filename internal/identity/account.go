package identity

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/vault"
	"amanah/internal/web/i18n"
)

// nameMost is the longest name, in characters.
const nameMost = 120

// cleanName is a name as it is kept: one line, no control characters. Fault
// Invalid on the field where nothing is left, or too much.
func cleanName(field, s string) (string, error) {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if s == "" || !utf8.ValidString(s) {
		return "", fault.New(fault.Invalid, "identity.name", "identity."+field+".missing").On(field)
	}
	if utf8.RuneCountInString(s) > nameMost {
		return "", fault.New(fault.Invalid, "identity.name", "identity.name.long").On(field).With("most", nameMost)
	}
	return s, nil
}

// language is a known language, Indonesian for any other.
func language(lang string) string {
	l, _ := i18n.Known(lang)
	return string(l)
}

// byIndex finds an account by its address; nil where there is none.
func byIndex(ctx context.Context, tx *store.Tx, x vault.Index) (*account, error) {
	a, err := store.One[account](ctx, tx, "WHERE tenant_id = $1 AND email_index = $2 AND state = $3", tx.Tenant(), x, stateActive)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return a, fault.Wrap("identity.byIndex", err)
}

// find looks an address up in a transaction of its own; nil where there is none.
func (s *Service) find(ctx context.Context, v tenant.Service, x vault.Index) (a *account, err error) {
	err = s.cfg.DB.Read(ctx, visitor(v, "security"), func(tx *store.Tx) error {
		a, err = byIndex(ctx, tx, x)
		return err
	})
	if Sealed(err) {
		return s.findSealed(ctx, v, x)
	}
	return a, err
}

// bySubject finds an account that is active; fault NotFound otherwise.
func bySubject(ctx context.Context, tx *store.Tx, who id.Subject) (*account, error) {
	a, err := store.One[account](ctx, tx, "WHERE tenant_id = $1 AND id = $2 AND state = $3", tx.Tenant(), who, stateActive)
	return a, fault.Wrap("identity.bySubject", err)
}

// CloseAccount marks an account as closed and ends its sessions, in the
// transaction of the caller, a home's. The address is free again at once; what
// is kept of the person goes with the erasure.
func CloseAccount(ctx context.Context, tx *store.Tx, who id.Subject) error {
	const op = "identity.CloseAccount"
	n, err := tx.Exec(ctx, "UPDATE accounts SET state = $3, closed_at = $4, email_index = NULL, password_hash = NULL WHERE tenant_id = $1 AND id = $2 AND state = $5",
		tx.Tenant(), who, stateClosed, tx.Now(), stateActive)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if n == 0 {
		return fault.New(fault.NotFound, op, "not_found")
	}
	return endSessions(ctx, tx, who, id.ID{})
}

// endSessions ends a person's sessions, all but one.
func endSessions(ctx context.Context, tx *store.Tx, who id.Subject, but id.ID) error {
	_, err := tx.Exec(ctx, "UPDATE sessions SET ends_at = $3, revoked_at = $3 WHERE tenant_id = $1 AND subject_id = $2 AND ends_at > $3 AND id <> $4",
		tx.Tenant(), who, tx.Now(), but.String())
	return fault.Wrap("identity.endSessions", err)
}
