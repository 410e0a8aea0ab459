package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"amanah/internal/web/ui"
)

// FlashCookie carries a message key across one redirect.
const FlashCookie = "flash"

// setCookie sets a cookie that scripts cannot read.
func (s *Shell) setCookie(w http.ResponseWriter, c *http.Cookie) {
	c.Path, c.HttpOnly, c.SameSite, c.Secure = "/", true, http.SameSiteLaxMode, s.cfg.Secure
	http.SetCookie(w, c)
}

// Redirect answers a POST that worked: 303 to another page, with at most one
// message to show there. Addresses of other hosts become "/".
func Redirect(w http.ResponseWriter, r *http.Request, to string, flash ...Flash) {
	if st := stateOf(r.Context()); st != nil && len(flash) > 0 {
		f := flash[0]
		v := string(f.Tone) + "." + strconv.Itoa(f.Count) + "." + f.Key
		st.shell.setCookie(w, &http.Cookie{Name: FlashCookie, Value: v, MaxAge: 60})
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, LocalPath(to, "/"), http.StatusSeeOther)
}

// takeFlash reads the message that a redirect left and clears it. A key that is
// not in the catalogue is dropped: the cookie comes from outside.
func takeFlash(w http.ResponseWriter, r *http.Request, st *state) []Flash {
	c, err := r.Cookie(FlashCookie)
	if err != nil || c.Value == "" {
		return nil
	}
	st.shell.setCookie(w, &http.Cookie{Name: FlashCookie, MaxAge: -1})
	parts := strings.SplitN(c.Value, ".", 3)
	if len(parts) != 3 || !st.printer.Has(parts[2]) {
		return nil
	}
	n, err := strconv.Atoi(parts[1])
	tone := ui.Tone(parts[0])
	switch tone {
	case ui.Plain, ui.Info, ui.Success, ui.Warning, ui.Danger:
	default:
		tone = ui.Plain
	}
	if err != nil || n < 0 {
		return nil
	}
	return []Flash{{Tone: tone, Key: parts[2], Count: n}}
}

// LocalPath gives back an address of this host (path, query, fragment), or the
// fallback where it leads anywhere else: for every ?next=.
func LocalPath(to, fallback string) string {
	if len(to) == 0 || to[0] != '/' || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t\x00") {
		return fallback
	}
	u, err := url.Parse(to)
	if err != nil || u.Host != "" || u.Scheme != "" {
		return fallback
	}
	return to
}
