package web

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// Classes of cookies, as notices name them. Essential ones need no choice.
const (
	Essential  = "essential"
	Functional = "functional"
	Preference = "preference"
	Analytics  = "analytics"
)

// ChoosableClasses are those that a person may refuse.
func ChoosableClasses() []string { return []string{Functional, Preference, Analytics} }

// ChoiceCookie holds which classes a browser may be given. It is essential: it
// remembers a refusal.
const ChoiceCookie = "cookies"

// Choice is which classes of cookies a person allows.
type Choice struct {
	// Made tells whether the person chose at all. Before that nothing but essential
	// cookies is set, and the language where they click on one.
	Made    bool
	Classes []string // of ChoosableClasses
}

// Allows tells whether a cookie of a class may be set.
func (c Choice) Allows(class string) bool {
	switch {
	case class == Essential:
		return true
	case !c.Made:
		return class == Functional // set by an act alone: see Shell.choose
	}
	return slices.Contains(c.Classes, class)
}

// value is the choice as its cookie says it: "-" for none, else the classes.
func (c Choice) value() string {
	kept := slices.DeleteFunc(ChoosableClasses(), func(class string) bool { return !slices.Contains(c.Classes, class) })
	if len(kept) == 0 {
		return "-"
	}
	return strings.Join(kept, ".")
}

// Equal compares what is allowed.
func (c Choice) Equal(o Choice) bool { return c.Made == o.Made && c.value() == o.value() }

// ChoiceOf reads a browser's choice. A browser that sends Global Privacy Control
// or Do Not Track gets no cookie of analytics, whatever was chosen before.
func ChoiceOf(r *http.Request) Choice {
	var c Choice
	if k, err := r.Cookie(ChoiceCookie); err == nil && k.Value != "" {
		c.Made = true
		for class := range strings.SplitSeq(k.Value, ".") {
			if slices.Contains(ChoosableClasses(), class) && !slices.Contains(c.Classes, class) {
				c.Classes = append(c.Classes, class)
			}
		}
	}
	if Objects(r) {
		c.Classes = slices.DeleteFunc(c.Classes, func(class string) bool { return class == Analytics })
	}
	return c
}

// Objects tells whether the browser itself says that it wants no tracking.
// Source: Global Privacy Control, https://w3c.github.io/gpc/
func Objects(r *http.Request) bool {
	return r.Header.Get("Sec-GPC") == "1" || r.Header.Get("DNT") == "1"
}

// Choose keeps a choice in the browser, for a year. Cookies of classes that it
// refuses are taken away with the same answer.
func Choose(w http.ResponseWriter, r *http.Request, c Choice) {
	st := stateOf(r.Context())
	if st == nil {
		return
	}
	c.Made = true
	st.choice = &c
	st.shell.setCookie(w, &http.Cookie{Name: ChoiceCookie, Value: c.value(), MaxAge: 365 * 24 * 3600})
}

// plainName is a cookie's name as notices write it: without the prefixes of
// RFC 6265bis.
func plainName(name string) string {
	return strings.TrimPrefix(strings.TrimPrefix(name, "__Host-"), "__Secure-")
}

// sift leaves only those cookies in an answer that the notice names and the
// person allows, and takes away what the browser still has of a refused class.
// A cookie that no notice names is a fault of the program: it is not set.
func (s *Shell) sift(h http.Header, r *http.Request, st *state) {
	if s.cfg.CookieClass == nil {
		return
	}
	choice := ChoiceOf(r)
	if st.choice != nil {
		choice = *st.choice
	}
	lines := h.Values("Set-Cookie")
	kept := make([]string, 0, len(lines))
	written := map[string]bool{}
	for _, line := range lines {
		name, _, _ := strings.Cut(line, "=")
		class := s.cfg.CookieClass(st.service.Slug, plainName(name))
		if class == "" {
			s.cfg.Log.LogAttrs(r.Context(), levelError, "a cookie that the notice does not name was not set", str("request", st.request))
			continue
		}
		if goes := strings.Contains(line, "Max-Age=0"); !goes && !choice.Allows(class) {
			continue
		}
		kept, written[name] = append(kept, line), true
	}
	if choice.Made {
		kept = append(kept, s.refused(r, st, choice, written)...)
	}
	h.Del("Set-Cookie")
	for _, line := range kept {
		h.Add("Set-Cookie", line)
	}
}

// refused ends the browser's cookies of classes that the choice does not allow.
func (s *Shell) refused(r *http.Request, st *state, choice Choice, written map[string]bool) (lines []string) {
	for _, k := range r.Cookies() {
		class := s.cfg.CookieClass(st.service.Slug, plainName(k.Name))
		if class == "" || choice.Allows(class) || written[k.Name] {
			continue
		}
		gone := http.Cookie{Name: k.Name, Path: "/", MaxAge: -1, Expires: time.Unix(1, 0), HttpOnly: true, Secure: s.cfg.Secure, SameSite: http.SameSiteLaxMode}
		lines = append(lines, gone.String())
		written[k.Name] = true
	}
	return lines
}
