package tenant

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Kind says whose workspace it is.
type Kind string

// The kinds.
const (
	Person  Kind = "person"
	Company Kind = "company"
)

// State is where a workspace stands in its life.
type State string

// The states. A closing workspace is sealed off: nobody works in it any more,
// and its data is on its way out.
const (
	Active  State = "active"
	Closing State = "closing"
	Closed  State = "closed"
)

// Workspace is a customer's enclosure. Its row lies in the home; its ID is the
// tenant under which the customer's own rows lie.
type Workspace struct {
	store.Row `table:"workspaces" subject:"owner_id" clock:"account.closed:closed_at"`
	// Owner is who made it, and whose key seals the name.
	Owner id.Subject `db:"owner_id" data:"none"`
	Kind  Kind       `data:"none"`
	// Name is a company's; a person's workspace has none and goes by its owner's.
	Name vault.Text `data:"account.company"`
	// Zone is one of Zones: in which times are shown and days begin.
	Zone      string        `data:"none"`
	State     State         `data:"none"`
	CreatedAt clock.Instant `data:"none"`
	ClosedAt  clock.Instant `data:"none"`
}

// Key is the tenant of the workspace's own rows.
func (w *Workspace) Key() id.Tenant { return id.Tenant(w.ID) }

// Member says that a person belongs to a workspace.
type Member struct {
	store.Row `table:"members" subject:"subject_id"`
	Workspace id.Tenant     `db:"workspace_id" data:"none"`
	Subject   id.Subject    `db:"subject_id" data:"none"`
	Role      Role          `data:"account.role"`
	Since     clock.Instant `data:"account.role"`
}

// Tables are the module's stored structs.
func Tables() store.Set {
	return store.Set{Module: "tenant", Rows: []any{Workspace{}, Member{}}}
}

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the module's SQL files.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }
