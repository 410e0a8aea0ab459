package capture

import (
	"context"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/rest"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// The roles of the pages.
var (
	restReaders = []tenant.Role{tenant.Owner, tenant.Worker, tenant.Viewer}
	restWriters = restReaders[:2]
)

// REST adds everything that the module's pages do.
func (s *Service) REST(api *rest.API) {
	s.restTransactions(api)
	s.restDecisions(api)
	s.restMessages(api)
	s.restFigures(api)
	s.restTargets(api)
	s.restRules(api)
}

// reads and writes are the two kinds of calls of the module.
func reads(op rest.Op, scope string) rest.Op {
	op.Scope, op.Roles = scope+":read", restReaders
	return op
}

func writes(op rest.Op, scope string) rest.Op {
	op.Scope, op.Roles = scope+":write", restWriters
	return op
}

// caller is who calls, and the scope of the pages.
func caller(ctx context.Context) (identity.Principal, store.Scope) {
	p, _ := identity.FromContext(ctx)
	return p, p.Scope("capture")
}

// readAs and writeAs run f in a transaction of the caller's workspace.
func (s *Service) readAs(ctx context.Context, f func(tx *store.Tx) error) error {
	_, sc := caller(ctx)
	return s.db.Read(ctx, sc, f)
}

func (s *Service) writeAs(ctx context.Context, f func(tx *store.Tx) error) error {
	_, sc := caller(ctx)
	return s.db.Write(ctx, sc, f)
}

// ByID names one thing in the path.
type ByID struct {
	ID string `path:"id" maxLength:"36" example:"01936b3e-8c2a-7d10-a5f4-3b6c8d9e0f12" doc:"Its number."`
}

// key is the number; what is none is not found.
func (in ByID) key() (id.ID, error) {
	k, err := id.Parse(in.ID)
	if err != nil {
		return k, fault.New(fault.NotFound, "capture.rest", "")
	}
	return k, nil
}

// optionalID reads a number that may be left out.
func optionalID(text, field string) (id.ID, error) {
	if text == "" {
		return id.ID{}, nil
	}
	k, err := id.Parse(text)
	if err != nil {
		return k, fault.New(fault.Invalid, "capture.rest", "rest.wrong.uuid").On(field)
	}
	return k, nil
}

// nothing is the answer without a body.
type nothing struct{}
