package identity

import (
	"context"
	"net/http"

	"github.com/a-h/templ"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// Visit is a request of somebody who is signed in, as a page's function sees it.
type Visit struct {
	W   http.ResponseWriter
	R   *http.Request
	Ctx context.Context // with the words of the request's language
	Who Principal
}

// Page makes a handler of a page: Require with the roles, then f.
func Page(f func(Visit) error, roles ...tenant.Role) http.Handler {
	return Require(web.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		who, ok := FromContext(r.Context())
		if !ok {
			return fault.New(fault.Unauthorized, "identity.Page", "")
		}
		return f(Visit{W: w, R: r, Ctx: web.Context(r), Who: who})
	}), roles...)
}

// T says a sentence in the request's language.
func (v Visit) T(key string, args ...any) string { return i18n.T(v.Ctx, key, args...) }

// Lang is the request's language.
func (v Visit) Lang() string { return string(i18n.From(v.Ctx).Lang) }

// Path is a path of the service: "/privacy/me" becomes "/ctt/privacy/me".
func (v Visit) Path(path string) string { return web.ServiceOf(v.R.Context()).Path(path) }

// ID reads the {id} of the address; what is none is not found.
func (v Visit) ID() (id.ID, error) {
	key, err := id.Parse(v.R.PathValue("id"))
	if err != nil {
		return key, fault.New(fault.NotFound, "identity.Visit.ID", "")
	}
	return key, nil
}

// Form reads a POST.
func (v Visit) Form() (*ui.Form, error) {
	if err := web.ParseForm(v.R); err != nil {
		return nil, err
	}
	return ui.NewForm(v.R.PostForm), nil
}

// Render shows a page of the service.
func (v Visit) Render(status int, p web.Page, content templ.Component) error {
	web.Render(v.W, v.R, status, p, content)
	return nil
}

// To leads to a page of the service and says there that something was done; key
// "" says nothing.
func (v Visit) To(path, key string) error {
	if key == "" {
		web.Redirect(v.W, v.R, v.Path(path))
		return nil
	}
	web.Redirect(v.W, v.R, v.Path(path), web.Flash{Tone: ui.Success, Key: key})
	return nil
}

// Refusal is the status of a page whose form was refused.
func Refusal(err error) int {
	if fault.Is(err, fault.TooMany) {
		return http.StatusTooManyRequests
	}
	return http.StatusUnprocessableEntity
}

// Read reads in the service's home, for a purpose.
func (v Visit) Read(db *store.DB, purpose string, f func(*store.Tx) error) error {
	return db.Read(v.R.Context(), v.Who.HomeScope(purpose), f)
}

// Write writes in the service's home, for a purpose.
func (v Visit) Write(db *store.DB, purpose string, f func(*store.Tx) error) error {
	return db.Write(v.R.Context(), v.Who.HomeScope(purpose), f)
}
