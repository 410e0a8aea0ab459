package identity

import (
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"amanah/internal/fault"
	"amanah/internal/web"
	"amanah/internal/web/ui"
)

// linkCookie keeps the secret of the browser that asked for a link; notices give
// it this name.
const linkCookie = "link"

// linkRoutes are the pages of mailed links that sign in, open to strangers by
// their nature: asking and opening are counted, and answer alike for every address.
func (h pages) linkRoutes() map[string]web.HandlerFunc {
	if !h.offersLinks(h.v.Slug) {
		return nil
	}
	return map[string]web.HandlerFunc{
		"GET /signin/link": h.askLink, "POST /signin/link": h.askLink, "GET /signin/link/sent": h.linkSent,
		"GET /signin/link/open": h.openLink, "POST /signin/link/open": h.openLink,
	}
}

func (h pages) linkName(r *http.Request) string {
	if h.secure(r) {
		return "__Host-" + linkCookie
	}
	return linkCookie
}

// giveLink hands the browser its secret; "" takes it away.
func (h pages) giveLink(w http.ResponseWriter, r *http.Request, secret string) {
	c := &http.Cookie{Name: h.linkName(r), Value: secret, Path: "/", HttpOnly: true, Secure: h.secure(r), SameSite: http.SameSiteLaxMode, MaxAge: int(magicTime / time.Second)}
	if secret == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

func (h pages) askLink(w http.ResponseWriter, r *http.Request) error {
	if h.leadOn(w, r) {
		return nil
	}
	f, posted, err := sent(r)
	if err != nil {
		return err
	}
	var refused error
	next := nextIn(web.ServiceOf(r.Context()), r.FormValue("next"), "")
	if posted {
		refused = h.sendLink(w, r, f.Value("email"), next)
		if refused == nil {
			return nil
		}
		if !f.Take(refused) {
			return refused
		}
	}
	return h.showAskLink(w, r, f, next, refused)
}

// sendLink has a link mailed and gives the browser its secret.
func (h pages) sendLink(w http.ResponseWriter, r *http.Request, email, next string) error {
	browser, _, err := h.newToken()
	if err != nil {
		return err
	}
	if err := h.AskLink(r.Context(), h.v.Slug, email, browser, device(r)); err != nil {
		return err
	}
	if next != "" {
		browser += "." + base64.RawURLEncoding.EncodeToString([]byte(next))
	}
	h.giveLink(w, r, browser)
	web.Redirect(w, r, web.ServiceOf(r.Context()).Path("/signin/link/sent"))
	return nil
}

func (h pages) showAskLink(w http.ResponseWriter, r *http.Request, f *ui.Form, next string, refused error) error {
	at := web.ServiceOf(r.Context())
	var other []Way
	if h.linkFirst(h.v.Slug) {
		other = append(h.ways(next)[:0:0], Way{"identity.magic.password", withNext("/signin?with=password", next)})
	}
	web.Render(w, r, statusOf(f, refused), web.Page{Title: title(r, "identity.magic.title"), Lead: title(r, "identity.magic.lead"), Form: f},
		askLinkPage(f, at, next, other, h.linkFirst(h.v.Slug)))
	return nil
}

func (h pages) linkSent(w http.ResponseWriter, r *http.Request) error {
	web.Render(w, r, http.StatusOK, web.Page{Title: title(r, "identity.sent.title")}, linkSentPage(web.ServiceOf(r.Context())))
	return nil
}

// openLink shows a button and no more: programs that look through mail open links
// too, and must not use them up.
func (h pages) openLink(w http.ResponseWriter, r *http.Request) error {
	if _, _, err := sent(r); err != nil {
		return err
	}
	at, token := web.ServiceOf(r.Context()), r.FormValue("token")
	c, _ := r.Cookie(h.linkName(r)) // the only error is that there is none
	if c == nil {
		web.Render(w, r, http.StatusOK, web.Page{Title: title(r, "identity.magic.elsewhere.title"), Lead: title(r, "identity.magic.elsewhere")}, elsewherePage(at))
		return nil
	}
	if r.Method != http.MethodPost {
		web.Render(w, r, http.StatusOK, web.Page{Title: title(r, "identity.magic.open.title"), Lead: title(r, "identity.magic.open.lead"), Sensitive: true}, openLinkPage(at, token))
		return nil
	}
	browser, onward, _ := strings.Cut(c.Value, ".")
	t, err := h.EnterByLink(r.Context(), h.v.Slug, token, browser, device(r))
	if fault.Is(err, fault.TooMany) {
		return err
	}
	if deadLink(err) {
		return h.dead(w, r, at.Path("/signin/link"), "identity.magic.again")
	}
	if err != nil {
		return err
	}
	h.giveLink(w, r, "")
	next, _ := base64.RawURLEncoding.DecodeString(onward) // what is none leads nowhere
	h.Arrive(w, r, h.v.Slug, t, string(next))
	return nil
}

// Way is another way in, or another page of an account: a key of the catalogue
// and a path within the service.
type Way struct{ Key, Path string }

// ways are the other ways in that a sign-in page offers.
func (h pages) ways(next string) []Way {
	var out []Way
	if h.cfg.Ways != nil {
		out = h.cfg.Ways(h.v.Slug)
	}
	if h.offersLinks(h.v.Slug) {
		out = append(out, Way{"identity.magic.way", "/signin/link"})
	}
	for i := range out {
		if next != "" {
			out[i].Path += "?next=" + queryEscape(next)
		}
	}
	return out
}

// begins are the other ways to begin, for the page of a sign-up: those that also
// make accounts.
func (h pages) begins() []Way {
	if h.cfg.Ways == nil {
		return nil
	}
	return h.cfg.Ways(h.v.Slug)
}

// more are the pages of an account that other packages have.
func (h pages) more() []Way {
	if h.cfg.Pages == nil {
		return nil
	}
	return h.cfg.Pages(h.v.Slug)
}
