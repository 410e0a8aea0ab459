package factor

import (
	"context"
	"encoding/base64"
	"encoding/json"

	"github.com/go-webauthn/webauthn/webauthn"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// keysMost is how many passkeys a person may have.
const keysMost = 20

// Key is a passkey as its owner sees it.
type Key struct {
	ID     id.ID
	Name   string
	Since  clock.Instant
	Used   clock.Instant
	Copied bool // its counter went backwards: it is refused
	Synced bool // the device keeps a copy with its maker
}

func (p *passkey) info() Key {
	k := Key{ID: p.ID, Name: p.Name.Reveal(), Since: p.CreatedAt, Used: p.UsedAt, Copied: !p.ClonedAt.IsZero()}
	if c, err := p.record(); err == nil {
		k.Synced = c.Flags.BackupState
	}
	return k
}

func (p *passkey) record() (c webauthn.Credential, err error) {
	err = json.Unmarshal([]byte(p.Credential.Reveal()), &c)
	return c, fault.Wrap("factor.record", err)
}

func (p *passkey) seal(c *webauthn.Credential) error {
	b, err := json.Marshal(c)
	p.Credential = vault.Seal(string(b))
	return fault.Wrap("factor.seal", err)
}

func passkeys(ctx context.Context, tx *store.Tx, who id.Subject) ([]passkey, error) {
	return store.Find[passkey](ctx, tx, "WHERE tenant_id = $1 AND subject_id = $2 ORDER BY created_at, id", tx.Tenant(), who)
}

// Rename gives one of a person's passkeys another name; fault NotFound for any other.
func Rename(ctx context.Context, tx *store.Tx, who id.Subject, key id.ID, name string) error {
	const op = "factor.Rename"
	p, err := store.One[passkey](ctx, tx, "WHERE tenant_id = $1 AND id = $2 AND subject_id = $3", tx.Tenant(), key, who)
	if err != nil {
		return fault.Wrap(op, err)
	}
	p.Name = vault.Seal(name)
	return fault.Wrap(op, store.Update(ctx, tx, p))
}

// RemoveKey takes one of a person's passkeys away; fault NotFound for any other.
func RemoveKey(ctx context.Context, tx *store.Tx, who id.Subject, key id.ID) error {
	const op = "factor.RemoveKey"
	n, err := tx.Exec(ctx, "DELETE FROM factor_passkeys WHERE tenant_id = $1 AND id = $2 AND subject_id = $3", tx.Tenant(), key, who)
	if err == nil && n == 0 {
		err = fault.New(fault.NotFound, op, "not_found")
	}
	return fault.Wrap(op, err)
}

// user is a person as the library asks for one. The name is what the device
// shows in its list; the handle is a pseudonym.
type user struct {
	who  id.Subject
	name string
	keys []webauthn.Credential
}

func (u user) WebAuthnID() []byte                         { return handle(u.who) }
func (u user) WebAuthnName() string                       { return u.name }
func (u user) WebAuthnDisplayName() string                { return u.name }
func (u user) WebAuthnCredentials() []webauthn.Credential { return u.keys }

func handle(who id.Subject) []byte { return []byte(who.String()) }

func load(ctx context.Context, tx *store.Tx, who id.Subject, name string) (user, error) {
	u := user{who: who, name: name}
	rows, err := passkeys(ctx, tx, who)
	for i := range rows {
		c, err := rows[i].record()
		if err != nil {
			return u, err
		}
		u.keys = append(u.keys, c)
	}
	return u, err
}

// indexOf finds a credential by its id, which the device made up.
func indexOf(ctx context.Context, v *vault.Vault, home id.Tenant, raw []byte) (vault.Index, error) {
	x, err := v.Index(ctx, home, "factor_passkeys.credential", base64.RawURLEncoding.EncodeToString(raw))
	return x, fault.Wrap("factor.indexOf", err)
}
