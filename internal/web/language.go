package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"amanah/internal/web/i18n"
)

// LangCookie holds the chosen language for a year. It is needed for what the
// person asked for and says nothing else about them.
const LangCookie = "lang"

// choose finds the language of a request: ?lang=, the cookie, the account, what
// the browser accepts, Indonesian. A choice in the address is kept in the cookie.
func (s *Shell) choose(w http.ResponseWriter, r *http.Request) (i18n.Lang, *time.Location) {
	var account string
	var zone *time.Location
	if s.cfg.Account != nil {
		account, zone = s.cfg.Account(r)
	}
	if l, ok := i18n.Known(r.URL.Query().Get("lang")); ok {
		if r.Method == http.MethodGet {
			s.setCookie(w, &http.Cookie{Name: LangCookie, Value: string(l), MaxAge: 365 * 24 * 3600})
		}
		return l, zone
	}
	if c, err := r.Cookie(LangCookie); err == nil {
		if l, ok := i18n.Known(c.Value); ok {
			return l, zone
		}
	}
	if l, ok := i18n.Known(account); ok {
		return l, zone
	}
	return Accepted(r.Header.Get("Accept-Language")), zone
}

// Accepted gives the first known language of an Accept-Language header in its
// order, Indonesian where it names none. Browsers list by preference; weights are
// followed only where they exclude one.
func Accepted(header string) i18n.Lang {
	for part := range strings.SplitSeq(header, ",") {
		tag, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.ReplaceAll(q, " ", "") == "q=0" {
			continue
		}
		if l, ok := i18n.Known(tag); ok {
			return l
		}
	}
	return i18n.ID
}

func setLang(query string, l i18n.Lang) string {
	q, err := url.ParseQuery(query)
	if err != nil {
		q = url.Values{}
	}
	q.Set("lang", string(l))
	return q.Encode()
}
