package cash

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// View is what one person sees of a family's money and may change there. Every
// function that shows or changes something takes one.
type View struct {
	Subject id.Subject
	// All: the entries of every member that are not private; otherwise those of
	// Members. The own ones are always seen.
	All     bool
	Members []id.Subject
	// Write: may enter, and change what they entered. Mend: may change what others
	// entered, unless it is private.
	Write, Mend bool
	// Zone is the family's.
	Zone *time.Location
}

// Sight says who sees what in a family.
type Sight interface {
	// View is asked in a transaction of the family. Fault NotFound for a stranger.
	View(ctx context.Context, tx *store.Tx, who id.Subject) (View, error)
}

// ByRole lets every member see what is not private; owners mend, viewers only look.
type ByRole struct{}

// View reads the person's role.
func (ByRole) View(ctx context.Context, tx *store.Tx, who id.Subject) (View, error) {
	role, zone, err := RoleIn(ctx, tx, who)
	if err != nil {
		return View{}, err
	}
	return View{Subject: who, All: true, Write: role == tenant.Owner || role == tenant.Worker, Mend: role == tenant.Owner, Zone: zone}, nil
}

// RoleIn gives a person's role in the transaction's family, and the family's zone.
// Fault NotFound for a stranger.
func RoleIn(ctx context.Context, tx *store.Tx, who id.Subject) (tenant.Role, *time.Location, error) {
	var role, zone string
	family := tx.Tenant()
	err := tx.InHome(ctx, func(tx *store.Tx) error {
		return tx.QueryRow(ctx, `SELECT m.role, w.zone FROM members m JOIN workspaces w ON w.tenant_id = m.tenant_id AND w.id = m.workspace_id
			WHERE m.tenant_id = $1 AND m.workspace_id = $2 AND m.subject_id = $3`, []any{tx.Tenant(), family, who}, &role, &zone)
	})
	return tenant.Role(role), clock.Zone(zone), fault.Wrap("cash.RoleIn", err)
}

// View is what a person sees; see Sight.
func (s *Service) View(ctx context.Context, tx *store.Tx, who id.Subject) (View, error) {
	v, err := s.Sight.View(ctx, tx, who)
	if v.Zone == nil {
		v.Zone = clock.WIB
	}
	return v, fault.Wrap("cash.View", err)
}

// Sees tells whether an entry of a person is seen.
func (v View) Sees(owner id.Subject, private bool) bool {
	return owner == v.Subject || !private && (v.All || slices.Contains(v.Members, owner))
}

// Changes tells whether an entry of a person may be changed.
func (v View) Changes(owner id.Subject, private bool) bool {
	if owner == v.Subject {
		return v.Write
	}
	return v.Mend && v.Sees(owner, private)
}

// where is the condition of what is seen, for a query whose arguments so far are
// args; prefix is the table's alias with its point, or "".
func (v View) where(prefix string, args []any) (string, []any) {
	args = append(args, v.Subject)
	own := fmt.Sprintf("%ssubject = $%d", prefix, len(args))
	if v.All {
		return "(" + own + " OR NOT " + prefix + "private)", args
	}
	if len(v.Members) == 0 {
		return "(" + own + ")", args
	}
	marks := make([]string, len(v.Members))
	for i, m := range v.Members {
		args = append(args, m)
		marks[i] = fmt.Sprintf("$%d", len(args))
	}
	return "(" + own + " OR NOT " + prefix + "private AND " + prefix + "subject IN (" + strings.Join(marks, ", ") + "))", args
}

// Where is that condition for the packages below this one, which query
// cash_entries themselves.
func (v View) Where(prefix string, args []any) (string, []any) { return v.where(prefix, args) }
