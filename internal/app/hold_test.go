package app

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"amanah/internal/audit"
	"amanah/internal/id"
	"amanah/internal/privacy/hold"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

const book = "/ctt/staff/privacy/holds"

// officer makes Dewi one of CTT.
func (g *guarded) officer() guest {
	g.t.Helper()
	g.write(g.dewi.principal().HomeScope("security"), func(tx *store.Tx) error { return tenant.Hire(g.t.Context(), tx, g.dewi.subject, tenant.Officer) })
	return g.dewi
}

func (g *guarded) day(days int) string { return g.Clock.Now().AddDate(0, 0, days).Format("2006-01-02") }

// placed posts the form and gives the path of the new hold.
func (g *guarded) placed(v guest, more url.Values) string {
	g.t.Helper()
	f := url.Values{"reason": {"Sengketa di pengadilan"}, "ordered_by": {"Dewi Anggraini, PDP"}, "review": {g.day(30)}, "silence": {"told"}}
	for k, one := range more {
		f[k] = one
	}
	w := g.ask(http.MethodPost, book, v.cookie, f)
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), book+"/") {
		g.t.Fatalf("placing gives %d %s\n%s", w.Code, w.Header().Get("Location"), w.Body)
	}
	return w.Header().Get("Location")
}

// page asks for a page and looks for words in it.
func (g *guarded) page(v guest, path string, code int, has, hasNot []string) {
	g.t.Helper()
	w := g.ask(http.MethodGet, path, v.cookie, nil)
	if w.Code != code {
		g.t.Errorf("%s gives %d, want %d", path, w.Code, code)
	}
	for _, text := range has {
		if !strings.Contains(w.Body.String(), text) {
			g.t.Errorf("%s does not say %q", path, text)
		}
	}
	for _, text := range hasNot {
		if strings.Contains(w.Body.String(), text) {
			g.t.Errorf("%s says %q", path, text)
		}
	}
}

func TestHold_pages(t *testing.T) {
	t.Parallel()
	g := guard(t)
	dewi := g.officer()
	path := g.placed(dewi, url.Values{"person": {g.rina.email}, "categories": {"account.name"}, "from": {g.day(-300)}, "until": {g.day(-200)}})
	g.page(dewi, book+"?lang=en", 200, []string{"Legal holds", "One person", "stands"}, []string{g.rina.email, "Sengketa"})
	g.page(dewi, path+"?lang=id", 200, []string{"Sengketa di pengadilan", g.rina.email, "Dewi Anggraini, PDP", "Penahanan hukum", "Tidak ada penghapusan yang menunggu"}, nil)
	g.page(dewi, path+"?lang=en", 200, []string{"Lift the hold", "What it covers"}, nil)
	if n := g.acts("hold.read", g.rina.subject); n != 2 {
		t.Errorf("%d looks are written down, want 2", n)
	}
	t.Run("the person knows of it, and nobody else", func(t *testing.T) {
		g.page(g.rina, "/ctt/privacy/me?lang=en", 200, []string{"Some of your data must stay for now", "Sengketa di pengadilan"}, nil)
		g.page(g.bagas, "/ctt/privacy/me?lang=en", 200, nil, []string{"Some of your data must stay", "Sengketa"})
		g.page(g.rina, path, 404, nil, []string{"Sengketa"})
	})
	t.Run("review and lift", func(t *testing.T) {
		for form, want := range map[string]int{"/review?review=" + g.day(-1): 422, "/review?review=x": 422, "/lift?reason=": 422, "/review?review=" + g.day(90): 303} {
			at, query, _ := strings.Cut(form, "?")
			v, _ := url.ParseQuery(query)
			if w := g.ask(http.MethodPost, path+at, dewi.cookie, v); w.Code != want {
				t.Errorf("%s gives %d, want %d", form, w.Code, want)
			}
		}
		if w := g.ask(http.MethodPost, path+"/lift", dewi.cookie, url.Values{"reason": {"Perkara selesai"}}); w.Code != 303 {
			t.Errorf("lifting gives %d", w.Code)
		}
		if w := g.ask(http.MethodPost, path+"/lift", dewi.cookie, url.Values{"reason": {"Perkara selesai"}}); w.Code != 422 {
			t.Errorf("lifting twice gives %d", w.Code)
		}
		g.page(dewi, path, 200, []string{"Perkara selesai"}, []string{path + "/lift"})
		g.page(g.rina, "/ctt/privacy/me?lang=en", 200, nil, []string{"Some of your data must stay"})
	})
}

// A hold that the person must not know of is on no page and in no log of theirs,
// also after officers looked at it.
func TestHold_silentPages(t *testing.T) {
	t.Parallel()
	g := guard(t)
	dewi := g.officer()
	path := g.placed(dewi, url.Values{"person": {g.rina.email}, "silence": {"investigation"}, "silent_until": {g.day(20)}})
	g.page(dewi, path+"?lang=en", 200, []string{"criminal investigation", g.rina.email}, nil)
	g.page(g.rina, "/ctt/privacy/me?lang=en", 200, nil, []string{"Some of your data must stay", "Legal hold", "Sengketa"})
	g.page(g.rina, "/ctt/notices?lang=en", 200, nil, []string{"must stay", "Sengketa"})
	for _, act := range []string{"hold.placed", "hold.read"} {
		if n := g.acts(act, g.rina.subject); n != 0 {
			t.Errorf("%d lines of %s stand in the person's own log", n, act)
		}
	}
}

// What is wrong in a form is said at its field, and nothing is placed.
func TestHold_form(t *testing.T) {
	t.Parallel()
	g := guard(t)
	dewi := g.officer()
	good := url.Values{"reason": {"x"}, "ordered_by": {"y"}, "review": {g.day(30)}, "silence": {"told"}}
	for name, change := range map[string]url.Values{
		"no reason": {"reason": {" "}}, "no name": {"ordered_by": {""}}, "no review": {"review": {""}}, "review too late": {"review": {g.day(500)}}, "no date": {"from": {"kemarin"}},
		"nobody's address": {"person": {"nobody@example.com"}}, "no address": {"person": {"x"}}, "no workspace": {"workspace": {foreign}}, "no number": {"workspace": {"x"}},
		"unknown category": {"categories": {"the.moon"}}, "unknown silence": {"silence": {"because"}}, "silence without end": {"silence": {"court"}},
	} {
		f := url.Values{}
		for k, v := range good {
			f[k] = v
		}
		for k, v := range change {
			f[k] = v
		}
		if w := g.ask(http.MethodPost, book, dewi.cookie, f); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s gives %d, want 422", name, w.Code)
		}
	}
	if all, err := g.Holds(t.Context(), "ctt", true); err != nil || len(all) != 0 {
		t.Errorf("%d holds were placed: %v", len(all), err)
	}
}

// An officer of one service finds nothing of another's.
func TestHold_otherService(t *testing.T) {
	t.Parallel()
	g := guard(t)
	dewi := g.officer()
	line, err := g.PlaceHold(t.Context(), "jenna", hold.New{Reason: "Sengketa Jenna", OrderedBy: "x", Review: g.Clock.Now().AddDate(0, 1, 0)})
	if err != nil {
		t.Fatal(err)
	}
	g.page(dewi, book, 200, nil, []string{line.Number})
	g.page(dewi, book+"/"+line.ID.String(), 404, nil, []string{"Sengketa"})
	if w := g.ask(http.MethodPost, book+"/"+line.ID.String()+"/lift", dewi.cookie, url.Values{"reason": {"x"}}); w.Code != 404 {
		t.Errorf("lifting another service's gives %d", w.Code)
	}
	if w := g.ask(http.MethodGet, "/jenna/staff/privacy/holds", dewi.cookie, nil); !refused(w) {
		t.Errorf("the other service's book gives %d", w.Code)
	}
	g.page(g.rina, "/ctt/privacy/me", 200, nil, []string{"Sengketa"})
	all, err := g.Holds(t.Context(), "jenna", false)
	if err != nil || len(all) != 1 || !all[0].Lifted.IsZero() {
		t.Errorf("%+v, %v", all, err)
	}
}

// acts counts lines of a person's own log.
func (g *guarded) acts(name string, who id.Subject) (n int) {
	g.t.Helper()
	g.write(g.rina.principal().HomeScope("rights"), func(tx *store.Tx) error {
		lines, err := audit.Activity(g.t.Context(), tx, who, id.ID{}, 200)
		for _, l := range lines {
			if l.Act == name {
				n++
			}
		}
		return err
	})
	return n
}
