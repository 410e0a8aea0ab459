package e2e

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"amanah/internal/privacy/notice"
	"amanah/notices"
)

// TestCookies lets a real browser walk through the public pages with each class
// of cookies allowed alone, with none and with all: what it then has is listed in
// the notice under that class, or is essential.
func TestCookies(t *testing.T) {
	t.Parallel()
	p := serve(t, "sqlite")
	classes := listed(t)
	for _, allow := range [][]string{nil, {"functional"}, {"preference"}, {"analytics"}, {"functional", "preference", "analytics"}} {
		b := openTab(t, p, "en")
		b.open("/ctt/?lang=en") // a visitor who clicked on a language
		if len(b.cookies()) == 0 {
			t.Error("no language is remembered before a choice")
		}
		b.lang = "en"
		b.open("/ctt/cookies")
		if allow == nil {
			b.look("cookies")
		}
		for _, class := range allow {
			b.tick("class-" + class)
		}
		b.submit("/ctt/cookies")
		for _, path := range []string{"/ctt/?lang=en", "/ctt/privacy", "/ctt/terms", "/ctt/signin", "/ctt/signup", "/ctt/cookies"} {
			b.open(path)
		}
		have := b.cookies()
		for _, name := range have {
			class, ok := classes[name]
			if !ok || class != "essential" && !slices.Contains(allow, class) {
				t.Errorf("with %q allowed the browser has %s, of the class %q", allow, name, class)
			}
		}
		if slices.Contains(allow, "functional") != slices.Contains(have, "lang") {
			t.Errorf("with %q allowed the browser has %q", allow, have)
		}
		if wrong := b.complaints(); len(wrong) > 0 {
			t.Error(wrong)
		}
	}
}

// listed are the cookies of CTT's notice with their classes.
func listed(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	all, _ := notice.LoadNotices(notices.FS) // its findings are the check's concern
	for _, n := range all {
		if n.Service() == "ctt" {
			for _, c := range n.Cookies() {
				out[c.Name] = c.Class
			}
		}
	}
	if len(slices.Collect(maps.Keys(out))) < 4 {
		t.Fatalf("the notice lists %d cookies", len(out))
	}
	return out
}

// cookies are the names of what the browser keeps, without their prefixes.
func (b *tab) cookies() (names []string) {
	b.t.Helper()
	got, err := chromedp.Call(b.ctx, network.GetCookies, network.GetCookiesParams{})
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range got.Cookies {
		names = append(names, strings.TrimPrefix(c.Name, "__Host-"))
	}
	return names
}
