package tenant

import (
	"context"
	"slices"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// New is what a workspace is made from.
type New struct {
	Kind  Kind
	Name  string // of a company
	Zone  string // one of Zones; DefaultZone where empty
	Owner id.Subject
}

// Create makes a workspace and its owner's membership. Faults: Invalid for an
// unknown kind or zone.
func Create(ctx context.Context, tx *store.Tx, n New) (*Workspace, error) {
	const op = "tenant.Create"
	if n.Zone == "" {
		n.Zone = DefaultZone
	}
	if (n.Kind != Person && n.Kind != Company) || n.Owner.IsZero() {
		return nil, fault.New(fault.Invalid, op, "tenant.kind.unknown")
	}
	if !slices.Contains(Zones(), n.Zone) {
		return nil, fault.New(fault.Invalid, op, "tenant.zone.unknown").On("zone")
	}
	w := &Workspace{Owner: n.Owner, Kind: n.Kind, Name: vault.Seal(n.Name), Zone: n.Zone, State: Active, CreatedAt: tx.Now()}
	if err := store.Insert(ctx, tx, w); err != nil {
		return nil, fault.Wrap(op, err)
	}
	return w, Join(ctx, tx, w.Key(), n.Owner, Owner)
}

// Get reads a workspace; fault NotFound if this service has none of that id.
func Get(ctx context.Context, tx *store.Tx, workspace id.Tenant) (*Workspace, error) {
	w, err := store.Get[Workspace](ctx, tx, id.ID(workspace))
	return w, fault.Wrap("tenant.Get", err)
}

// ListActive are the workspaces of the transaction's service in which work goes
// on, the oldest first: how a job goes through all tenants without a system
// transaction.
func ListActive(ctx context.Context, tx *store.Tx) ([]Workspace, error) {
	w, err := store.Find[Workspace](ctx, tx, "WHERE tenant_id = $1 AND state = $2 ORDER BY created_at, id", tx.Tenant(), string(Active))
	return w, fault.Wrap("tenant.ListActive", err)
}

// SetZone changes in which time zone a workspace lives.
func SetZone(ctx context.Context, tx *store.Tx, workspace id.Tenant, zone string) error {
	const op = "tenant.SetZone"
	if !slices.Contains(Zones(), zone) {
		return fault.New(fault.Invalid, op, "tenant.zone.unknown").On("zone")
	}
	n, err := tx.Exec(ctx, "UPDATE workspaces SET zone = $3 WHERE tenant_id = $1 AND id = $2", tx.Tenant(), workspace, zone)
	return found(op, n, err)
}

// Close seals a workspace off: nobody works in it from here on. Closing twice is
// no error and keeps the first time.
func Close(ctx context.Context, tx *store.Tx, workspace id.Tenant) error {
	const op = "tenant.Close"
	n, err := tx.Exec(ctx, "UPDATE workspaces SET state = $3, closed_at = $4 WHERE tenant_id = $1 AND id = $2 AND state = $5",
		tx.Tenant(), workspace, string(Closing), tx.Now(), string(Active))
	if err == nil && n == 0 {
		_, err = Get(ctx, tx, workspace)
	}
	return fault.Wrap(op, err)
}

// Finish marks a closing workspace as closed: its own data is gone.
func Finish(ctx context.Context, tx *store.Tx, workspace id.Tenant) error {
	n, err := tx.Exec(ctx, "UPDATE workspaces SET state = $3 WHERE tenant_id = $1 AND id = $2 AND state <> $4",
		tx.Tenant(), workspace, string(Closed), string(Active))
	return found("tenant.Finish", n, err)
}

func found(op string, n int64, err error) error {
	if err == nil && n == 0 {
		return fault.New(fault.NotFound, op, "not_found")
	}
	return fault.Wrap(op, err)
}
