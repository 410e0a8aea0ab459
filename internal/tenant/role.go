package tenant

import "slices"

// Role is what a member may do in a workspace.
type Role string

// The roles, the most powerful first. An officer looks after privacy: sees
// requests and records, not the business itself.
const (
	Owner   Role = "owner"
	Worker  Role = "member"
	Viewer  Role = "viewer"
	Officer Role = "officer"
)

// Roles are all roles, the most powerful first.
func Roles() []Role { return []Role{Owner, Worker, Viewer, Officer} }

// Known tells whether it is one of the roles.
func (r Role) Known() bool { return slices.Contains(Roles(), r) }

// DefaultZone is where a workspace lies that does not say.
const DefaultZone = "Asia/Jakarta"

// Zones are the time zones of Indonesia, from the west.
func Zones() []string { return []string{DefaultZone, "Asia/Makassar", "Asia/Jayapura"} }
