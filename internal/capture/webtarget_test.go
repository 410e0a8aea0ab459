package capture_test

import (
	"net/url"
	"strings"
	"testing"

	"amanah/internal/tenant"
	"amanah/internal/web/i18n"
	"amanah/internal/web/webtest"
)

// The pages of setting up a target are whole in both languages, and belong to
// those who may change something.
func TestTargetPages(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		key := w.setUp(sheetTarget())
		s := newSite(w.rig)
		paths := []string{"/targets/new", "/targets/new?kind=webhook", "/targets/new?kind=http", "/targets/new?kind=file", "/targets/new?kind=sheets"}
		for _, p := range []string{"/filter", "/fields", "/setup", "/replay"} {
			paths = append(paths, "/targets/"+key.String()+p)
		}
		for _, path := range append(paths, "/targets/"+key.String()+"?state=dead") {
			for _, l := range i18n.Langs() {
				webtest.Check(t, webtest.Get(t, s.handler, "/ctt/app"+path, l))
			}
		}
		// A link and no redirect: browsers let no form of ours lead to another server.
		if got := s.post("/ctt/app/targets/" + key.String() + "/google"); got.Code != 200 || !strings.Contains(got.Body.String(), `href="`+w.google.URL+`/auth?`) {
			t.Errorf("the way to Google: %d %s", got.Code, got.Body)
		}
		s.role = tenant.Viewer
		for _, path := range paths {
			if got := s.get("/ctt/app" + path); got.Code != 403 {
				t.Errorf("a viewer gets %d of %s", got.Code, path)
			}
		}
		s.role, w.tenant = tenant.Owner, w.Tenant()
		for _, p := range []string{"/filter", "/fields", "/setup", "/replay", "/google", "/renew", "/telegram", "/retryall"} {
			if got := s.ask("POST", "/ctt/app/targets/"+key.String()+p, url.Values{}); got.Code != 404 {
				t.Errorf("another workspace's owner gets %d of %s", got.Code, p)
			}
		}
	})
}

// A template is shown filled in, its secret header never again, and a filter that
// makes no sense comes back.
func TestTargetPages_http(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		s := newSite(w.rig)
		w.mail(named("1", `Toko "A" <b>`, 15250000))
		form := []string{"kind", "http", "url", "https://hook.example.com/in", "method", "POST", "body", "json", "template", `{"t":"{{merchant}}"}`, "secrets", "Authorization: Bearer r4hasia"}
		shown := s.post("/ctt/app/targets", append(form, "act", "preview")...)
		if shown.Code != 200 || !strings.Contains(shown.Body.String(), `{&#34;t&#34;:&#34;Toko \&#34;A\&#34; &lt;b&gt;&#34;}`) {
			t.Errorf("the example gives %d", shown.Code)
		}
		bad := append([]string{}, form...)
		bad[9] = `{"t":{{merchant}`
		if got := s.post("/ctt/app/targets", bad...); got.Code != 422 || !strings.Contains(got.Body.String(), `href="#f-template"`) {
			t.Errorf("a broken template gives %d", got.Code)
		}
		made := s.post("/ctt/app/targets", form...)
		path := "/ctt/app/targets/" + uuid.FindString(made.Body.String())
		if made.Code != 201 || strings.Contains(s.get(path).Body.String()+s.get(path+"/setup").Body.String(), "r4hasia") {
			t.Errorf("a new target gives %d, or its secret is shown again", made.Code)
		}
		if got := s.post(path+"/filter", "from", "100.000", "to", "50.000"); got.Code != 422 || !strings.Contains(got.Body.String(), `href="#f-to"`) {
			t.Errorf("a filter that lets nothing through gives %d", got.Code)
		}
		if got := s.post(path+"/filter", "direction", "out", "from", "100.000", "category", "food_drink"); got.Code != 303 || !strings.Contains(s.get(path).Body.String(), "mulai Rp100.000") {
			t.Errorf("a filter gives %d", got.Code)
		}
	})
}
