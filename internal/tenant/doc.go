// Package tenant knows which services the program runs, the workspaces of their
// customers, and who belongs to a workspace in which role.
//
// Each service has one enclosure of its own, its home: the tenant in which
// accounts, sessions, acceptances and memberships lie, and under which people's
// keys are kept. Each workspace (a person's, a company's) is a further tenant.
// Everything here is a row of a home: the functions take a transaction of a
// home's scope and see that service alone.
//
// It must never open a transaction by itself, read what is inside a workspace,
// or learn anything from a notice: the app hands plain values in.
package tenant
