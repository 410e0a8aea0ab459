package app

import (
	"slices"
	"testing"
)

// What a person lets staff see can be read for that purpose: the notice names it
// for support, so that the gate is open.
func TestSupport_viewsAreOpen(t *testing.T) {
	t.Parallel()
	g := guard(t)
	for _, table := range g.db.Map().Tables() {
		if !slices.Contains([]string{"captured", "merchants", "bank_accounts", "inbox_messages", "targets", "deliveries", "accounts", "support_looks", "tickets"}, table.Name) {
			continue
		}
		for _, c := range table.Columns {
			if c.Sealed && c.Category != "account.password" && !g.gate.Allow("ctt", g.rina.subject, "support", c.Category).OK {
				t.Errorf("%s.%s (%s) is closed", table.Name, c.Name, c.Category)
			}
		}
	}
}
