package promise

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"

	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/vault"
)

// trial is the enclosure of the self-tests of a service: nobody's. It is always
// the same, so that no keys gather.
func trial(s Site, name string) store.Scope {
	t := tenant.HomeOf("promise/" + name + "/" + s.Notice.Service())
	return store.Scope{Tenant: t, Home: t, Service: s.Notice.Service(), Actor: store.Actor{Kind: "job"}, Purpose: Purpose}
}

// somebody is the person of the self-tests: nobody.
func somebody(s Site) id.Subject {
	return id.Subject(tenant.HomeOf("promise/somebody/" + s.Notice.Service()))
}

// planted is a row of a self-test.
type planted struct {
	scope  store.Scope
	id     id.ID
	who    id.Subject
	marker string
}

// planter writes a marker as the program writes what is personal.
type planter func(ctx context.Context, tx *store.Tx, p planted) error

func plantProbe(ctx context.Context, tx *store.Tx, p planted) error {
	row := &probe{Subject: p.who, Marker: vault.Seal(p.marker)}
	row.ID = p.id
	return store.Insert(ctx, tx, row)
}

// with plants a marker, does f, and takes the marker away.
func with(ctx context.Context, s Site, plant planter, who id.Subject, f func(p planted) error) error {
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		return err
	}
	p := planted{trial(s, "trial"), s.DB.NewID(), who, "marker-" + hex.EncodeToString(b[:])}
	if err := s.DB.Write(ctx, p.scope, func(tx *store.Tx) error { return plant(ctx, tx, p) }); err != nil {
		return err
	}
	err := f(p)
	gone := s.DB.Write(ctx, p.scope, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM promise_probes WHERE tenant_id = $1 AND id = $2", tx.Tenant(), p.id)
		return err
	})
	if err == nil {
		err = gone
	}
	return err
}

// sealed writes a marker and looks into the row as it lies in the database: the
// marker must not stand there, and must not open with one bit changed.
func sealed(plant planter) func(context.Context, Site, Args) (Finding, error) {
	return func(ctx context.Context, s Site, _ Args) (Finding, error) {
		var raw []byte
		var back string
		var bent error
		err := with(ctx, s, plant, somebody(s), func(p planted) error {
			err := s.DB.Read(ctx, p.scope, func(tx *store.Tx) error {
				return tx.QueryRow(ctx, "SELECT marker FROM promise_probes WHERE tenant_id = $1 AND id = $2", []any{tx.Tenant(), p.id}, &raw)
			})
			if err != nil {
				return err
			}
			if bytes.Contains(raw, []byte(p.marker)) {
				return nil
			}
			aad := vault.AAD("promise_probes", p.id.String(), "marker")
			plain, err := s.DB.Vault().OpenValue(ctx, p.scope.Home, p.who, aad, raw)
			if err != nil {
				return err
			}
			if string(plain) == p.marker {
				back = p.marker
			}
			changed := bytes.Clone(raw)
			changed[len(changed)-1] ^= 1
			_, bent = s.DB.Vault().OpenValue(ctx, p.scope.Home, p.who, aad, changed)
			return nil
		})
		if err != nil {
			return Finding{}, err
		}
		if back == "" || bent == nil {
			return found(Broken, Fig("readable")), nil
		}
		return found(Kept, Fig("sealed")), nil
	}
}

// elsewhere is another enclosure, which must see nothing of the first.
func elsewhere(s Site) store.Scope { return trial(s, "elsewhere") }

// isolated writes a marker in one enclosure and looks for it from another, and
// without any.
func isolated(other func(Site) store.Scope) func(context.Context, Site, Args) (Finding, error) {
	return func(ctx context.Context, s Site, _ Args) (Finding, error) {
		seen := false
		err := with(ctx, s, plantProbe, somebody(s), func(p planted) error {
			count := func(scope store.Scope) (n int64, err error) {
				err = s.DB.Read(ctx, scope, func(tx *store.Tx) error {
					return tx.QueryRow(ctx, "SELECT COUNT(*) FROM promise_probes", nil, &n)
				})
				return n, err
			}
			own, err := count(p.scope)
			if err != nil {
				return err
			}
			n, err := count(other(s))
			if err != nil {
				return err
			}
			nobody := p.scope
			nobody.Tenant = id.Tenant{}
			// Without an enclosure the store refuses; if it answered, with nothing.
			without, refused := count(nobody)
			seen = own == 0 || n > 0 || refused == nil && without > 0
			return nil
		})
		if err != nil {
			return Finding{}, err
		}
		if seen {
			return found(Broken, Fig("not_isolated")), nil
		}
		return found(Kept, Fig("isolated")), nil
	}
}

// destroyKey is what erasing a person begins with.
func destroyKey(ctx context.Context, s Site, p planted) error {
	return s.DB.Vault().DestroyPerson(ctx, p.scope.Home, p.who)
}

// keyErased writes a marker of somebody new, destroys the key, and tries to read
// the row, which is still there, as a copy in a backup would be.
func keyErased(destroy func(context.Context, Site, planted) error) func(context.Context, Site, Args) (Finding, error) {
	return func(ctx context.Context, s Site, _ Args) (Finding, error) {
		readable := true
		err := with(ctx, s, plantProbe, id.Subject(s.DB.NewID()), func(p planted) error {
			if err := destroy(ctx, s, p); err != nil {
				return err
			}
			var raw []byte
			err := s.DB.Read(ctx, p.scope, func(tx *store.Tx) error {
				return tx.QueryRow(ctx, "SELECT marker FROM promise_probes WHERE tenant_id = $1 AND id = $2", []any{tx.Tenant(), p.id}, &raw)
			})
			if err != nil {
				return err
			}
			_, err = s.DB.Vault().OpenValue(ctx, p.scope.Home, p.who, vault.AAD("promise_probes", p.id.String(), "marker"), raw)
			if vault.Destroyed(err) {
				readable = false
				return nil
			}
			return err
		})
		if err != nil {
			return Finding{}, err
		}
		if readable {
			return found(Broken, Fig("key_left")), nil
		}
		return found(Kept, Fig("key_gone")), nil
	}
}
