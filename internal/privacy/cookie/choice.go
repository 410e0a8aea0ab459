package cookie

import (
	"context"
	"strings"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/web"
)

// Of is a person's choice on all devices; not made where they never chose. The
// transaction is in the service's home.
func Of(ctx context.Context, tx *store.Tx, who id.Subject) (web.Choice, error) {
	row, err := store.One[choice](ctx, tx, "WHERE tenant_id = $1 AND subject_id = $2", tx.Tenant(), who)
	if fault.Is(err, fault.NotFound) {
		return web.Choice{}, nil
	}
	if err != nil {
		return web.Choice{}, fault.Wrap("cookie.Of", err)
	}
	c := web.Choice{Made: true}
	if row.Classes != "" {
		c.Classes = strings.Split(row.Classes, ".")
	}
	return c, nil
}

// Keep makes c the person's choice on all devices.
func Keep(ctx context.Context, tx *store.Tx, who id.Subject, c web.Choice) error {
	const op = "cookie.Keep"
	classes := strings.Join(c.Classes, ".")
	fresh, err := store.InsertOnce(ctx, tx, &choice{Subject: who, Classes: classes, At: tx.Now()}, "tenant_id, subject_id")
	if err != nil || fresh {
		return fault.Wrap(op, err)
	}
	_, err = tx.Exec(ctx, "UPDATE cookie_choices SET classes = $1, at = $2 WHERE tenant_id = $3 AND subject_id = $4", classes, tx.Now(), tx.Tenant(), who)
	return fault.Wrap(op, err)
}
