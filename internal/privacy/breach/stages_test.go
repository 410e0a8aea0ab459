package breach_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/job"
	"amanah/internal/privacy/breach"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/rights/rightstest"
	"amanah/internal/store"
	"amanah/internal/web/webtest"
)

// incident is one that is suspected.
func (o *office) incident(t *testing.T) *breach.Incident {
	t.Helper()
	var c *breach.Incident
	o.write(t, func(tx *store.Tx) (err error) {
		c, err = o.Open(context.Background(), tx, breach.Opening{Title: "Token terbaca di log", Kinds: []breach.Kind{breach.Access}, By: o.ratna.Subject})
		return err
	})
	return c
}

// on runs f on an incident as it is now.
func (o *office) on(key id.ID, f func(tx *store.Tx, c *breach.Incident) error) error {
	return o.w.Write(context.Background(), o.w.Home, func(tx *store.Tx) error {
		c, err := store.Get[breach.Incident](context.Background(), tx, key)
		if err != nil {
			return err
		}
		return f(tx, c)
	})
}

func (o *office) must(t *testing.T, key id.ID, f func(tx *store.Tx, c *breach.Incident) error) {
	t.Helper()
	if err := o.on(key, f); err != nil {
		t.Fatal(err)
	}
}

func (o *office) due(t *testing.T, key id.ID, name string) (out deadline.Item) {
	t.Helper()
	o.write(t, func(tx *store.Tx) error {
		all, err := deadline.Of(context.Background(), tx, key)
		for _, d := range all {
			if d.Name == name {
				out = d
			}
		}
		return err
	})
	return out
}

// An incident runs from suspicion to its end; no stage can be skipped, no letter
// leaves with a missing part, and exactly those concerned are told, once.
func TestIncident(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		o, ctx := open(t, w), context.Background()
		key := o.incident(t).ID
		by := o.ratna.Subject
		step := map[string]func(tx *store.Tx, c *breach.Incident) error{
			"confirm": func(tx *store.Tx, c *breach.Incident) error {
				return o.Confirm(ctx, tx, c, by, time.Time{}, "Log menunjukkannya")
			},
			"contain": func(tx *store.Tx, c *breach.Incident) error { return o.Contain(ctx, tx, c, by, "Token dicabut") },
			"authority": func(tx *store.Tx, c *breach.Incident) error {
				return o.Dispatch(ctx, tx, c, by, time.Time{}, "portal", "R-1")
			},
			"people":    func(tx *store.Tx, c *breach.Incident) error { return o.TellPeople(ctx, tx, c, by) },
			"remediate": func(tx *store.Tx, c *breach.Incident) error { return o.Remediate(ctx, tx, c, by, "Log dibersihkan") },
			"close":     func(tx *store.Tx, c *breach.Incident) error { return o.Close(ctx, tx, c, by) },
		}
		refuse := func(names ...string) {
			t.Helper()
			for _, n := range names {
				if err := o.on(key, step[n]); !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Invalid) {
					t.Errorf("%s was let through: %v", n, err)
				}
			}
		}
		refuse("contain", "authority", "people", "remediate", "close")
		w.Manual().Add(2 * time.Hour)
		o.must(t, key, step["confirm"])
		refuse("confirm", "authority", "people", "remediate", "close")
		certain := w.Clock.Now()
		for name, within := range map[string]time.Duration{breach.DueAssess: 24 * time.Hour, breach.DueContain: 48 * time.Hour, breach.DueAuthority: 72 * time.Hour, breach.DuePeople: 72 * time.Hour} {
			if d := o.due(t, key, name); d.Due.Sub(certain) != within || d.Rule == "" {
				t.Errorf("%s is due at %s (%s)", name, d.Due, d.Rule)
			}
		}
		token := w.IDs.New()
		o.reads(t, w.Rina, token, w.RinaOwn, store.Read{Table: "fx_people", Subject: w.Rina, Rows: 2})
		if _, err := o.Assess(ctx, "ctt", key, by, breach.Query{Credential: token}); err != nil {
			t.Fatal(err)
		}
		o.must(t, key, step["contain"])
		refuse("authority", "people") // the parts were not accepted
		o.must(t, key, func(tx *store.Tx, c *breach.Incident) error {
			n, _ := w.Notice("ctt")
			p := o.Draft(n, c)
			p[breach.PartAdvice] = breach.Pair{ID: "Ganti kata sandi."}
			return o.Accept(ctx, tx, c, by, p)
		})
		refuse("people") // one part is missing in one language
		o.must(t, key, step["authority"])
		refuse("authority")
		o.must(t, key, func(tx *store.Tx, c *breach.Incident) error {
			n, _ := w.Notice("ctt")
			return o.Accept(ctx, tx, c, by, o.Draft(n, c))
		})
		o.must(t, key, step["people"])
		refuse("people", "remediate")
		for range 2 { // a job may run again
			if err := o.TellAll(ctx, job.Task{Kind: breach.TellTask, Service: "ctt", Tenant: w.Home.Tenant, ID: key}); err != nil {
				t.Fatal(err)
			}
		}
		if len(o.told) != 1 || o.told[0].Subject != w.Rina || o.told[0].Once == "" || o.told[0].Args["advice_en"] == "" || o.told[0].Args["data_id"] == "" {
			t.Errorf("%+v", o.told)
		}
		if d := o.due(t, key, breach.DuePeople); d.State != deadline.Kept {
			t.Error(d.State)
		}
		o.must(t, key, func(tx *store.Tx, c *breach.Incident) error { return o.SuspectCrime(ctx, tx, c, by) })
		refuse("remediate") // law enforcement is an open task
		o.must(t, key, func(tx *store.Tx, c *breach.Incident) error {
			all, err := breach.Tasks(ctx, tx, c)
			if err != nil || len(all) != 1 || all[0].Kind != "law_enforcement" {
				t.Error(all, err)
			}
			return o.FinishTask(ctx, tx, c, by, all[0].ID, "LP/1/2026")
		})
		o.must(t, key, step["remediate"])
		for _, name := range breach.Documents() {
			refuse("close")
			o.must(t, key, func(tx *store.Tx, c *breach.Incident) error {
				return o.Attach(ctx, tx, c, by, name, strings.Repeat("ab", 32))
			})
		}
		o.must(t, key, step["close"])
		refuse("confirm", "contain", "authority", "people", "remediate", "close")
	})
}

// What nobody did in 72 hours is late, and its alarm has rung.
func TestIncident_late(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		o, ctx := open(t, w), context.Background()
		key := o.incident(t).ID
		o.must(t, key, func(tx *store.Tx, c *breach.Incident) error {
			return o.Confirm(ctx, tx, c, o.ratna.Subject, time.Time{}, "Pasti")
		})
		w.Manual().Add(72*time.Hour + time.Second)
		o.write(t, func(tx *store.Tx) error {
			open, err := deadline.Open(ctx, tx)
			red := 0
			for _, d := range open {
				if d.Matter == breach.Matter && d.Colour == deadline.Red {
					red++
				}
			}
			if red != 4 {
				t.Errorf("%d deadlines are red, not 4", red)
			}
			return err
		})
	})
}

// Access is ended for exactly the account that read, and a drill ends none.
func TestStop(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		o, ctx := open(t, w), context.Background()
		key, token := o.incident(t).ID, w.IDs.New()
		o.reads(t, w.Rina, token, w.RinaOwn, store.Read{Table: "fx_people", Subject: w.Dewi, Rows: 2})
		if _, err := o.Assess(ctx, "ctt", key, o.ratna.Subject, breach.Query{Credential: token, Tenant: w.RinaOwn}); err != nil {
			t.Fatal(err)
		}
		var order id.ID
		o.must(t, key, func(tx *store.Tx, c *breach.Incident) error {
			if err := o.Stop(ctx, tx, c, o.ratna.Subject, breach.OfSource, []string{breach.StopSessions, breach.StopTokens, breach.StopIntegrations}); err != nil {
				return err
			}
			steps, err := breach.Steps(ctx, tx, c)
			for _, st := range steps {
				if st.What == "stop_ordered" {
					order = st.ID
				}
			}
			return err
		})
		if err := o.StopAll(ctx, job.Task{Kind: breach.StopTask, Service: "ctt", Tenant: w.Home.Tenant, ID: order}); err != nil {
			t.Fatal(err)
		}
		want := "sessions:" + w.Rina.String() + " tokens:" + w.Rina.String() + " targets:" + w.RinaOwn.String()
		if got := strings.Join(o.stopped, " "); got != want {
			t.Errorf("%s\nnot\n%s", got, want)
		}
	})
}

func (o *office) ask(who *identity.Principal, method, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://localhost"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "text/html")
	if who != nil {
		r = r.WithContext(identity.Into(r.Context(), *who))
	}
	w := httptest.NewRecorder()
	o.h.ServeHTTP(w, r)
	return w
}

// The register is the officers' alone; a person reports, and sees an incident only
// once they were told of it and if it concerns them.
func TestPages(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		o := open(t, w)
		mux := http.NewServeMux()
		o.Routes(mux, "ctt")
		o.h = webtest.Shell(t, w.Clock, breach.Texts()).Handler(mux)
		if r := o.ask(&o.rina, "POST", "/ctt/privacy/breaches/report", url.Values{"text": {"Seseorang tahu alamat saya <b>"}}); r.Code != http.StatusSeeOther {
			t.Fatal(r.Code, r.Body)
		}
		if len(o.told) != 1 || o.told[0].Key != "breach.told.report" || len(o.officers) != 1 {
			t.Error(o.told, o.officers)
		}
		if r := o.ask(&o.rina, "GET", "/ctt/privacy/breaches", nil); !strings.Contains(r.Body.String(), "alamat saya &lt;b&gt;") {
			t.Error(r.Body)
		}
		if r := o.ask(&o.dewi, "GET", "/ctt/privacy/breaches", nil); r.Code != 200 || strings.Contains(r.Body.String(), "alamat saya") {
			t.Error(r.Code)
		}
		if r := o.ask(&o.rina, "POST", "/ctt/privacy/breaches/report", url.Values{"text": {" "}}); r.Code != http.StatusUnprocessableEntity {
			t.Error(r.Code)
		}
		key := o.incident(t).ID.String()
		for _, who := range []*identity.Principal{nil, &o.rina} {
			for _, path := range []string{"GET /staff/privacy/breaches", "GET /staff/privacy/breaches/new", "POST /staff/privacy/breaches", "GET /staff/privacy/breaches/" + key, "POST /staff/privacy/breaches/" + key + "/decide",
				"GET /staff/privacy/breaches/" + key + "/people", "GET /staff/privacy/breaches/" + key + "/file", "POST /staff/privacy/breaches/" + key + "/evidence", "GET /privacy/breaches/" + key} {
				method, p, _ := strings.Cut(path, " ")
				if r := o.ask(who, method, "/ctt"+p, url.Values{"decision": {"dismiss"}, "why": {"x"}}); r.Code != http.StatusNotFound && r.Code != http.StatusSeeOther && r.Code != http.StatusUnauthorized || r.Code == http.StatusSeeOther && who != nil {
					t.Errorf("%s: %d", path, r.Code)
				}
			}
		}
		o.must(t, id.Must(key), func(_ *store.Tx, c *breach.Incident) error {
			if c.State != breach.Suspected {
				t.Error("a stranger decided")
			}
			return nil
		})
		for _, path := range []string{"", "/new", "/" + key, "/" + key + "/people", "/" + key + "/file"} {
			r := o.ask(&o.ratna, "GET", "/ctt/staff/privacy/breaches"+path, nil)
			if r.Code != 200 || strings.Contains(r.Body.String(), ">breach.") {
				t.Errorf("%s: %d %s", path, r.Code, r.Body)
			}
		}
		if r := o.ask(&o.ratna, "POST", "/ctt/staff/privacy/breaches/"+key+"/decide", url.Values{"decision": {"confirm"}, "why": {"Pasti"}}); r.Code != http.StatusSeeOther {
			t.Error(r.Code, r.Body)
		}
		if r := o.ask(&o.ratna, "POST", "/ctt/staff/privacy/breaches/"+key+"/close", nil); r.Code < 400 {
			t.Error("closed without documents")
		}
	})
}
