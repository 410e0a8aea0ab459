package capture

import (
	"context"
	"net/http"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// visitor is a request of a person who belongs to the workspace.
type visitor struct {
	w     http.ResponseWriter
	r     *http.Request
	ctx   context.Context
	who   identity.Principal
	scope store.Scope
}

// Routes puts the module's pages below "/<slug>/app". All of them ask for a
// signed-in member; those that change something for an owner or a member.
func (s *Service) Routes(mux web.Mux) {
	readers := []tenant.Role{tenant.Owner, tenant.Worker, tenant.Viewer}
	writers := readers[:2]
	for _, r := range []struct {
		method, path string
		f            func(visitor) error
		roles        []tenant.Role
	}{
		{"GET", "", s.dashboardPage, readers},
		{"GET", "/live", s.livePart, readers},
		{"GET", "/forwarding", s.forwardingPage, readers},
		{"GET", "/transactions", s.listPage, readers},
		{"GET", "/transactions.csv", s.csvFile, readers},
		{"GET", "/transactions/{id}", s.transactionPage, readers},
		{"POST", "/transactions/{id}", s.saveTransaction, writers},
		{"POST", "/transactions/{id}/reject", s.rejectTransaction, writers},
		{"POST", "/transactions/{id}/telling/{act}", s.joinAct, writers},
		{"POST", "/transfers/{id}/{act}", s.transferAct, writers},
		{"GET", "/rules", s.rulesPage, readers},
		{"GET", "/rules/new", s.newRulePage, writers},
		{"POST", "/rules", s.saveRule, writers},
		{"GET", "/rules/{id}", s.rulePage, readers},
		{"POST", "/rules/{id}", s.saveRule, writers},
		{"POST", "/rules/{id}/{act}", s.actOnRule, writers},
		{"GET", "/review", s.reviewPage, readers},
		{"GET", "/accounts", s.accountsPage, readers},
		{"GET", "/accounts/{id}", s.accountPage, writers},
		{"POST", "/accounts/{id}", s.saveAccount, writers},
		{"GET", "/targets", s.targetsPage, readers},
		{"GET", "/targets/new", s.newTargetPage, writers},
		{"POST", "/targets", s.createTarget, writers},
		{"GET", "/targets/google", s.grantAnswer, writers},
		{"GET", "/targets/{id}", s.targetPage, readers},
		{"GET", "/targets/{id}/filter", s.filterPage, writers},
		{"POST", "/targets/{id}/filter", s.saveFilter, writers},
		{"GET", "/targets/{id}/fields", s.fieldsPage, writers},
		{"POST", "/targets/{id}/fields", s.saveFields, writers},
		{"GET", "/targets/{id}/setup", s.setupPage, writers},
		{"POST", "/targets/{id}/setup", s.saveSetup, writers},
		{"GET", "/targets/{id}/replay", s.replayPage, writers},
		{"POST", "/targets/{id}/replay", s.startReplay, writers},
		{"POST", "/targets/{id}/{act}", s.actOnTarget, writers},
		{"POST", "/replays/{id}/stop", s.stopReplay, writers},
		{"POST", "/deliveries/{id}/retry", s.retryDelivery, writers},
		{"GET", "/messages", s.messagesPage, readers},
		{"POST", "/messages/{id}/retry", s.retryMessage, writers},
		{"POST", "/messages/{id}/again", s.readAgain, writers},
		{"GET", "/address/renew", s.renewPage, writers},
		{"POST", "/address/renew", s.renewAddress, writers},
	} {
		mux.Handle(r.method+" /"+s.Slug+"/app"+r.path, s.page(r.f, r.roles...))
	}
}

func (s *Service) page(f func(visitor) error, roles ...tenant.Role) http.Handler {
	return identity.Require(web.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		who, ok := identity.FromContext(r.Context())
		if !ok || who.Workspace.IsZero() || who.Service != s.Slug {
			return fault.New(fault.NotFound, "capture.page", "")
		}
		return f(visitor{w: w, r: r, ctx: web.Context(r), who: who, scope: who.Scope("capture")})
	}), roles...)
}

// at is the address of a page of the module.
func at(ctx context.Context, path string) string { return web.ServiceOf(ctx).Path("/app" + path) }

// read runs f in a reading transaction of the visitor's workspace.
func (s *Service) read(v visitor, f func(tx *store.Tx) error) error {
	return s.db.Read(v.r.Context(), v.scope, f)
}

func (s *Service) write(v visitor, f func(tx *store.Tx) error) error {
	return s.db.Write(v.r.Context(), v.scope, f)
}

// key is the id in the path; what is none is not found.
func (v visitor) key() (id.ID, error) {
	key, err := id.Parse(v.r.PathValue("id"))
	if err != nil {
		return id.ID{}, fault.New(fault.NotFound, "capture.key", "")
	}
	return key, nil
}

func (v visitor) t(key string) string { return i18n.T(v.ctx, key) }

// may tells whether the visitor may change something.
func (v visitor) may() bool { return v.who.Is(tenant.Owner, tenant.Worker) }

// done answers a change: back to a page, with a message.
func (v visitor) done(to, key string, tone ui.Tone) error {
	web.Redirect(v.w, v.r, at(v.ctx, to), web.Flash{Tone: tone, Key: key})
	return nil
}
