package billing

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

// visitor is a request of somebody who is signed in.
type visitor struct {
	w   http.ResponseWriter
	r   *http.Request
	ctx context.Context
	who identity.Principal
}

// Routes puts the customers' pages below "/<slug>/app/billing". They are the
// owner's alone: invoices carry the name and the address.
func (s *Service) Routes(mux web.Mux) {
	for path, f := range map[string]func(visitor) error{
		"GET ":                           s.overviewPage,
		"GET /plans":                     s.plansPage,
		"POST /plan":                     s.choosePlan,
		"GET /invoices/{id}":             s.invoicePage,
		"GET /invoices/{id}/invoice.pdf": s.invoiceFile,
		"POST /invoices/{id}/pay/{by}":   s.payInvoice,
		"GET /invoices/{id}/claim":       s.claimPage,
		"POST /invoices/{id}/claim":      s.keepClaim,
		"GET /payments/{id}/proof":       s.ownProof,
	} {
		method, rest := path[:4], path[4:]
		if method == "POST" {
			method, rest = path[:5], path[5:]
		}
		h := s.page(f)
		if path == "POST /invoices/{id}/claim" {
			h = web.LimitBody(MostProof+64<<10, h)
		}
		mux.Handle(method+"/"+s.Slug+"/app/billing"+rest, h)
	}
	s.Hooks(mux)
}

func (s *Service) page(f func(visitor) error) http.Handler {
	return identity.Require(web.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		who, ok := identity.FromContext(r.Context())
		if !ok || who.Workspace.IsZero() || who.Service != s.Slug {
			return fault.New(fault.NotFound, "billing.page", "")
		}
		return f(visitor{w: w, r: r, ctx: web.Context(r), who: who})
	}), tenant.Owner)
}

// Nav is the module's place in the menu; empty for who may not see it.
func (s *Service) Nav(r *http.Request) []ui.Tab {
	who, ok := identity.FromContext(r.Context())
	if !ok || !who.Is(tenant.Owner) {
		return nil
	}
	ctx := web.Context(r)
	href := at(ctx, "")
	return []ui.Tab{{Label: i18n.T(ctx, "billing.nav"), Href: href, Current: r.URL.Path == href || len(r.URL.Path) > len(href) && r.URL.Path[:len(href)+1] == href+"/"}}
}

// at is the address of a page of the module.
func at(ctx context.Context, path string) string {
	return web.ServiceOf(ctx).Path("/app/billing" + path)
}

func (v visitor) scope() store.Scope { return v.who.HomeScope("billing") }

func (v visitor) t(key string) string { return i18n.T(v.ctx, key) }

func (v visitor) key() (id.ID, error) {
	key, err := id.Parse(v.r.PathValue("id"))
	if err != nil {
		return id.ID{}, fault.New(fault.NotFound, "billing.key", "")
	}
	return key, nil
}

// customer is the visitor as invoices name them.
func (v visitor) customer() Customer {
	c := Customer{Workspace: v.who.Workspace, Subject: v.who.Subject, Name: v.who.Name}
	if v.who.Kind == tenant.Company {
		c.Name = v.who.WorkspaceName
	}
	return c
}

// mine reads an invoice of the visitor's workspace; another's is not found. All
// invoices of a service lie in one enclosure: this is what keeps them apart.
func (s *Service) mine(ctx context.Context, tx *store.Tx, workspace id.Tenant, key id.ID) (*Invoice, error) {
	party, err := partyOf(ctx, tx, refOf(workspace))
	if err == nil && party == nil {
		err = fault.New(fault.NotFound, "billing.mine", "not_found")
	}
	if err != nil {
		return nil, err
	}
	return store.One[Invoice](ctx, tx, "WHERE tenant_id = $1 AND id = $2 AND party_id = $3", tx.Tenant(), key, party.ID)
}

func (v visitor) back(path, key string) *ui.Tab {
	return &ui.Tab{Label: v.t(key), Href: at(v.ctx, path)}
}
