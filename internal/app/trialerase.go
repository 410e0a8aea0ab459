package app

import (
	"context"
	"fmt"
	"time"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/privacy/erasure"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// Other is another invented person with a workspace of that person alone.
type Other struct {
	Who       id.Subject
	Workspace id.Tenant
}

// Another makes the nth other person.
func (t *Trial) Another(ctx context.Context, n int) (o Other, err error) {
	in := SignIn{"ctt", fmt.Sprintf("orang-%d@example.com", n), demoAccounts[0].Password}
	o.Who, o.Workspace, _, err = t.app.demoPerson(ctx, in, demoAccounts[0].name)
	return o, err
}

// Fill gives a person so many movements in the workspace, in pieces.
func (t *Trial) Fill(ctx context.Context, o Other, rows, piece int) error {
	sc := t.scope("capture")
	sc.Tenant, sc.Actor.ID = o.Workspace, id.ID(o.Who)
	at := clock.At(t.app.Clock.Now().Add(-24 * time.Hour))
	for from := 0; from < rows; from += piece {
		err := t.app.db.Write(ctx, sc, func(tx *store.Tx) error {
			key := "'00000000-0000-7000-8000-' || SUBSTR(CAST(1000000000000 + i AS TEXT), 2)"
			_, err := tx.Exec(ctx, fmt.Sprintf(`INSERT INTO captured (tenant_id, id, subject, message_id, line, state, direction, minor, fee_minor, currency, at, precision, month,
				issuer, channel, category, confidence, doubt, trust, rule, reason, revision, created_at, changed_at)
				WITH RECURSIVE n(i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i < %d)
				SELECT $1, %s, $2, %s, 0, 'booked', 'out', 1000 + i %% 977, -1, 'IDR', %d - i, 'second', '2026-06', 'BCA', 'qris', 'other', 980, '', 'verified', 'x', '', 0, %d, 1 FROM n`,
				from, min(from+piece, rows)-1, key, key, at, at), o.Workspace, o.Who)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Erase erases a person as a request to the operator does, and tells how long it
// took until everything sealed was unreadable and until the receipt was signed.
func (t *Trial) Erase(ctx context.Context, o Other) (unreadable, done time.Duration, err error) {
	began := t.app.Clock.Now()
	c := t.app.erasure.Config
	c.Vault = destroying{c.Vault, func() { unreadable = t.app.Clock.Now().Sub(began) }}
	e, err := erasure.New(c)
	if err != nil {
		return 0, 0, err
	}
	r, err := e.Erase(ctx, o.Who, erasure.Request{Ground: erasure.GroundRequest, By: "operator", Language: "id"})
	if err == nil && (len(r.Receipt) == 0 || unreadable == 0) {
		err = fmt.Errorf("app: an erasure that did not finish")
	}
	return unreadable, t.app.Clock.Now().Sub(began), err
}

// destroying hears of each key that was destroyed.
type destroying struct {
	erasure.Vault
	heard func()
}

// DestroyPerson destroys, then tells.
func (d destroying) DestroyPerson(ctx context.Context, home id.Tenant, s id.Subject) error {
	err := d.Vault.DestroyPerson(ctx, home, s)
	d.heard()
	return err
}

// DestroyTenant destroys, then tells.
func (d destroying) DestroyTenant(ctx context.Context, of id.Tenant) error {
	err := d.Vault.DestroyTenant(ctx, of)
	d.heard()
	return err
}

// Destroy destroys a new person's key and nothing else, and tells how long that took.
func (t *Trial) Destroy(ctx context.Context) (time.Duration, error) {
	v, home, who := t.app.keys.vault, tenant.HomeOf("ctt"), id.Subject(t.app.db.NewID())
	sealed, err := v.SealValue(ctx, home, who, nil, []byte("Rina"))
	if err != nil {
		return 0, err
	}
	began := t.app.Clock.Now()
	err = v.DestroyPerson(ctx, home, who)
	took := t.app.Clock.Now().Sub(began)
	if _, e := v.OpenValue(ctx, home, who, nil, sealed); err == nil && e == nil {
		err = fmt.Errorf("app: a destroyed key opens")
	}
	return took, err
}

// Page reads fifty of the person's movements.
func (t *Trial) Page(ctx context.Context) error {
	return t.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.Query(ctx, "SELECT id, minor, at FROM captured WHERE tenant_id = $1 ORDER BY at DESC, id DESC LIMIT 50", tx.Tenant())
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var key string
			var minor, at int64
			if err := rows.Scan(&key, &minor, &at); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}
