package front_test

import (
	"errors"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"amanah/internal/front"
	"amanah/internal/privacy/notice"
	"amanah/internal/web/i18n"
	"amanah/internal/web/webtest"
)

// pages are all addresses of the package.
func pages() []string {
	out := []string{"/"}
	for _, slug := range slugs {
		for _, p := range []string{"/", "/privacy", "/privacy/2.0", "/terms", "/security"} {
			out = append(out, "/"+slug+p)
		}
	}
	return out
}

func TestPages_areSoundInBothLanguages(t *testing.T) {
	t.Parallel()
	h := site(t)
	for _, path := range pages() {
		for _, l := range i18n.Langs() {
			t.Run(path+" "+string(l), func(t *testing.T) {
				t.Parallel()
				body := webtest.Get(t, h, path, l)
				webtest.Check(t, body)
				if strings.Contains(body, `content="noindex"`) {
					t.Error("a public page hides from search engines")
				}
				if strings.Contains(body, "{") {
					t.Errorf("a place was left unfilled: %.80s", body[strings.Index(body, "{"):])
				}
			})
		}
	}
}

func TestTexts_areComplete(t *testing.T) {
	t.Parallel()
	for _, line := range i18n.Missing(front.Texts()) {
		t.Error(line)
	}
	lines, err := webtest.Catalog(t, front.Texts()).Unknown(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		t.Error(l)
	}
}

// A measure or a right that a notice may name must have words here.
func TestTexts_knowEveryMeasureAndRight(t *testing.T) {
	t.Parallel()
	c := webtest.Catalog(t, front.Texts())
	var keys []string
	for _, m := range notice.Measures() {
		keys = append(keys, "front.measure."+m, "front.measure."+m+".why")
	}
	for _, s := range services(t) {
		for _, r := range s.Notice.Rights() {
			keys = append(keys, "front.right."+r.Key)
		}
	}
	for _, k := range keys {
		for _, l := range i18n.Langs() {
			if !c.Has(l, k) {
				t.Errorf("%s has no sentence for %q", l, k)
			}
		}
	}
}

func TestFrontPage_ofCTT(t *testing.T) {
	t.Parallel()
	h := site(t)
	for _, l := range i18n.Langs() {
		webtest.Golden(t, *update, "ctt."+string(l)+".html", main(t, webtest.Get(t, h, "/ctt/", l)))
	}
}

func TestFrontPage_leadsToAccountsOnlyWhereThereAreSome(t *testing.T) {
	t.Parallel()
	h := site(t)
	for _, slug := range slugs {
		for _, l := range i18n.Langs() {
			for _, page := range []string{"/", "/terms", "/security"} {
				body := main(t, webtest.Get(t, h, "/"+slug+page, l))
				for _, link := range []string{"/signup", "/signin", "/privacy/me"} {
					got, want := strings.Contains(body, `href="/`+slug+link+`"`), slug == "ctt" && page == "/"
					if got != want {
						t.Errorf("/%s%s in %s: a link to %s: %t, want %t", slug, page, l, link, got, want)
					}
				}
			}
		}
	}
}

// Who is signed in is led on, and the page then belongs to no cache.
func TestFrontPage_leadsOnWhoIsSignedIn(t *testing.T) {
	t.Parallel()
	list := services(t)
	for i := range list {
		list[i].Continue = func(r *http.Request) string { return r.Header.Get("X-Test-Continue") }
	}
	h := siteOf(t, list)
	res := ask(t, h, "/ctt/", "X-Test-Continue", "/ctt/app/")
	body, err := io.ReadAll(res.Body)
	if err != nil || !strings.Contains(string(body), `href="/ctt/app/"`) || strings.Contains(string(body), "/ctt/signin") {
		t.Errorf("who is signed in is asked to sign in, or not led on: %v", err)
	}
	if got := res.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control is %q, want no-store", got)
	}
	if body := webtest.Get(t, h, "/ctt/", i18n.ID); !strings.Contains(body, `href="/ctt/signin"`) {
		t.Error("a visitor finds no way to sign in")
	}
}

// What a page says of data is the notice's word.
func TestFrontPage_saysWhatTheNoticeSays(t *testing.T) {
	t.Parallel()
	h := site(t)
	for _, s := range services(t) {
		for _, l := range i18n.Langs() {
			body := html.UnescapeString(main(t, webtest.Get(t, h, "/"+s.Slug+"/", l)))
			lang := string(l)
			want := []string{s.Notice.About(lang), s.Notice.Closing().EraseWithin.Say(lang)}
			open := 0
			for _, r := range s.Notice.Recipients() {
				want = append(want, r.Name.In(lang))
				if r.Open() {
					want, open = append(want, r.Does.In(lang)), open+1
				}
			}
			for _, w := range want {
				if !strings.Contains(body, w) {
					t.Errorf("/%s/ in %s does not say %q", s.Slug, l, w)
				}
			}
			if n := strings.Count(body, "<dt>"); n != 3+open {
				t.Errorf("/%s/ names %d kinds of data and recipients, want 3 and %d: a highlight is not in the notice", s.Slug, n, open)
			}
		}
	}
}

func TestSecurityPage_namesTheMeasuresOfTheNoticeAndNoOther(t *testing.T) {
	t.Parallel()
	h := site(t)
	c := webtest.Catalog(t, front.Texts())
	for _, s := range services(t) {
		body := main(t, webtest.Get(t, h, "/"+s.Slug+"/security", i18n.EN))
		for _, m := range notice.Measures() {
			want := slices.Contains(s.Notice.Security(), m)
			if got := strings.Contains(body, "<h2>"+c.T(i18n.EN, "front.measure."+m)+"</h2>"); got != want {
				t.Errorf("/%s/security shows %s: %t, want %t", s.Slug, m, got, want)
			}
		}
	}
}

func TestRoot_isTheServiceOnItsOwnHost(t *testing.T) {
	t.Parallel()
	h := site(t)
	for host, want := range map[string]string{"ctt.example.co.id": `href="/signup"`, "amanah.example.co.id": `href="/epesantren/"`} {
		r := httptest.NewRequest(http.MethodGet, "http://"+host+"/", nil)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s/ gives %d without %s", host, w.Code, want)
		}
	}
}

func TestSlash_isAddedToAService(t *testing.T) {
	t.Parallel()
	res := ask(t, site(t), "/ctt")
	if got := res.Header.Get("Location"); res.StatusCode/100 != 3 || got != "/ctt/" {
		t.Errorf("/ctt gives %d to %q, want a redirect to /ctt/", res.StatusCode, got)
	}
}

func TestNew_refusesANoticeThatCannotBeShown(t *testing.T) {
	t.Parallel()
	broken := func(*notice.Notice, string, string, io.Writer) error { return errors.New("no") }
	if _, err := front.New(services(t), broken); err == nil {
		t.Error("a notice that cannot be rendered is no fault")
	}
}

func TestTermsVersion(t *testing.T) {
	t.Parallel()
	h := site(t)
	for _, slug := range slugs {
		body := webtest.Get(t, h, "/"+slug+"/terms", i18n.EN)
		if want := "Version " + front.TermsVersion(slug) + "."; !strings.Contains(body, want) {
			t.Errorf("/%s/terms does not say %q", slug, want)
		}
	}
}

// main cuts out what the package wrote: the frame has links of its own.
func main(t *testing.T, page string) string {
	t.Helper()
	_, after, ok := strings.Cut(page, "<main")
	body, _, closed := strings.Cut(after, "</main>")
	if !ok || !closed {
		t.Fatal("the page has no main")
	}
	return body
}
