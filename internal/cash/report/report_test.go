package report_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"amanah/internal/cash"
	"amanah/internal/cash/plan"
	"amanah/internal/cash/report"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/inbox"
	"amanah/internal/job"
	"amanah/internal/ledger"
	"amanah/internal/money"
	"amanah/internal/notify"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/tenant"
	"amanah/internal/web/webtest"
)

var config = storetest.Config{
	Sets:       []store.Set{tenant.Tables(), ledger.Tables(), inbox.Tables(), cash.Tables(), plan.Tables(), report.Tables()},
	Migrations: []fs.FS{tenant.Migrations(), ledger.Migrations(), inbox.Migrations(), cash.Migrations(), plan.Migrations(), report.Migrations()},
}

var ctx = context.Background()

type signer struct{ private ed25519.PrivateKey }

func (s signer) SignNote(text []byte) ([]byte, error) { return ed25519.Sign(s.private, text), nil }
func (s signer) Public() ed25519.PublicKey            { return s.private.Public().(ed25519.PublicKey) }

type noJobs struct{}

func (noJobs) Enqueue(context.Context, *store.Tx, job.Task, time.Time) error { return nil }

// rig is a family of Rina and Bagas, and one of Tono.
type rig struct {
	*storetest.Bundle
	t                 testing.TB
	cash              *cash.Service
	plan              *plan.Service
	report            *report.Service
	told              []notify.Message
	home, ours, other id.Tenant
	rina, bagas, tono id.Subject
}

func newRig(t testing.TB, b *storetest.Bundle) *rig {
	t.Helper()
	r := &rig{Bundle: b, t: t, home: b.Tenant(), rina: b.Subject(), bagas: b.Subject(), tono: b.Subject()}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	names := func(context.Context, store.Scope) (map[id.Subject]string, error) {
		return map[id.Subject]string{r.rina: "Rina", r.bagas: "Bagas"}, nil
	}
	r.plan = plan.New(plan.Options{Store: b.DB, Slug: "jagacash", Home: r.home, Cash: func() *cash.Service { return r.cash }, Names: names})
	r.cash = cash.New(cash.Options{Store: b.DB, Slug: "jagacash", Home: r.home, Jobs: noJobs{}, Rand: rand.Reader, Sign: signer{private}, Savable: r.plan})
	r.report = report.New(report.Options{Store: b.DB, Slug: "jagacash", Home: r.home, Cash: r.cash, Plan: r.plan, Names: names, Teller: r})
	at := store.Scope{Tenant: r.home, Home: r.home, Service: "jagacash", Actor: store.Actor{Kind: "job"}, Purpose: "service"}
	err = b.Write(ctx, at, func(tx *store.Tx) error {
		for who, family := range map[id.Subject]*id.Tenant{r.rina: &r.ours, r.tono: &r.other} {
			w, err := tenant.Create(ctx, tx, tenant.New{Kind: tenant.Person, Owner: who})
			if err != nil {
				return err
			}
			*family = w.Key()
		}
		return tenant.Join(ctx, tx, r.ours, r.bagas, tenant.Worker)
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Tell remembers what was told, once for each Once.
func (r *rig) Tell(_ context.Context, _ *store.Tx, m notify.Message) error {
	for _, was := range r.told {
		if was.Subject == m.Subject && was.Once == m.Once {
			return nil
		}
	}
	r.told = append(r.told, m)
	return nil
}

func (r *rig) in(family id.Tenant, who id.Subject, f func(tx *store.Tx, v cash.View) error) {
	r.t.Helper()
	err := r.Write(ctx, r.cash.As(family, who, cash.Record), func(tx *store.Tx) error {
		v, err := r.cash.View(ctx, tx, who)
		if err != nil {
			return err
		}
		return f(tx, v)
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) enter(family id.Tenant, who id.Subject, day string, k cash.Kind, a money.Amount, category, merchant string, private bool) {
	r.t.Helper()
	at, err := time.ParseInLocation(time.DateOnly+" 15", day+" 12", clock.WIB)
	if err != nil {
		r.t.Fatal(err)
	}
	r.in(family, who, func(tx *store.Tx, v cash.View) error {
		_, _, err := r.cash.Enter(ctx, tx, v, cash.NewEntry{Kind: k, Amount: a, At: at, Category: category, Merchant: merchant, Private: private, Way: cash.ByForm})
		return err
	})
}

func (r *rig) month(family id.Tenant, who id.Subject, month string) (out report.Report) {
	r.t.Helper()
	r.in(family, who, func(tx *store.Tx, v cash.View) (err error) {
		out, err = r.report.Report(ctx, tx, v, month, money.IDR)
		return err
	})
	return out
}

// fill enters some of everything.
func (r *rig) fill() {
	r.enter(r.ours, r.rina, "2026-10-25", cash.In, money.Rupiah(9_000_000), "salary", "", false)
	r.enter(r.ours, r.rina, "2026-10-03", cash.Out, money.Rupiah(400_000), "groceries", "Superindo", false)
	r.enter(r.ours, r.rina, "2026-11-03", cash.Out, money.Rupiah(500_000), "groceries", "Superindo", false)
	r.enter(r.ours, r.bagas, "2026-11-04", cash.Out, money.Rupiah(125_000), "food_drink", "Warung <b>", false)
	r.enter(r.ours, r.bagas, "2026-11-05", cash.Out, money.Rupiah(70_000), "shopping", "Kado", true)
	r.enter(r.ours, r.bagas, "2026-11-06", cash.Out, money.Amount{Minor: 1234, Currency: "USD"}, "shopping", "", false)
	r.enter(r.other, r.tono, "2026-11-06", cash.Out, money.Rupiah(77), "health", "Apotek", false)
}

func TestReport_eachFigureIsTheSumOfWhatIsSeen(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		r := newRig(t, b)
		r.fill()
		for _, c := range []struct {
			name   string
			family id.Tenant
			who    id.Subject
			out    int64
			count  int64
		}{{"Rina", r.ours, r.rina, 625_000, 2}, {"Bagas", r.ours, r.bagas, 695_000, 3}, {"Tono", r.other, r.tono, 77, 1}} {
			got := r.month(c.family, c.who, "2026-11")
			want := money.Rupiah(c.out).Minor
			var cats, members, days, shops, listed int64
			for _, g := range got.Categories {
				cats += g.Out
			}
			for _, g := range got.Members {
				members += g.Out
			}
			for _, d := range got.Days {
				days += d.Out
			}
			for _, g := range got.Merchants {
				shops += g.Out
			}
			r.in(c.family, c.who, func(tx *store.Tx, v cash.View) error {
				all, _, err := r.cash.List(ctx, tx, v, cash.Query{Month: "2026-11", Kind: cash.Out, Currency: money.IDR})
				for _, l := range all {
					listed += l.Minor
				}
				return err
			})
			if got.Total.Out != want || cats != want || members != want || days != want || shops != want || listed != want || got.Total.Count != c.count {
				t.Errorf("%s: total %d of %d entries, categories %d, members %d, days %d, merchants %d, entries %d; want %d", c.name, got.Total.Out, got.Total.Count, cats, members, days, shops, listed, want)
			}
		}
		ours := r.month(r.ours, r.rina, "2026-11")
		if ours.Before.In != money.Rupiah(9_000_000).Minor || len(ours.History) != 12 || len(ours.Others) != 1 || ours.Others[0] != "USD" {
			t.Errorf("before %+v, others %v", ours.Before, ours.Others)
		}
		for _, g := range ours.Merchants {
			if g.Shop == "Kado" {
				t.Error("where Bagas bought a present shows to Rina")
			}
		}
	})
}

func TestReport_worthGoesBackFromTheBooks(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		r := newRig(t, b)
		r.fill()
		got := r.month(r.ours, r.rina, "2026-11").Worth
		// 9,000,000 less 400,000 in October; in November all that left the shared
		// account, also what is private: its balance counts it.
		if n := len(got); n != 12 || got[10].Minor != money.Rupiah(8_600_000).Minor || got[11].Minor != money.Rupiah(8_600_000-695_000).Minor || got[9].Minor != 0 {
			t.Errorf("worth is %+v", got)
		}
	})
}

func TestReport_refuses(t *testing.T) {
	t.Parallel()
	r := newRig(t, storetest.Open(t, "sqlite", config))
	r.in(r.ours, r.rina, func(tx *store.Tx, v cash.View) error {
		for _, month := range []string{"", "2026", "2026-13", "'; DROP", "0000-01"} {
			if _, err := r.report.Report(ctx, tx, v, month, money.IDR); !fault.Is(err, fault.Invalid) {
				t.Errorf("%q: %v", month, err)
			}
		}
		return nil
	})
}

// ask is a page as one person sees it.
func (r *rig) ask(who id.Subject, family id.Tenant, role tenant.Role) func(method, path, lang string, form url.Values) *httptest.ResponseRecorder {
	shell := webtest.Shell(r.t, r.Clock, cash.Texts(), plan.Texts(), report.Texts())
	mux := http.NewServeMux()
	r.plan.Routes(mux)
	r.report.Routes(mux)
	inner := shell.Handler(mux)
	return func(method, path, lang string, form url.Values) *httptest.ResponseRecorder {
		req := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
		req.Header.Set("Accept", "text/html")
		req.Header.Set("Accept-Language", lang)
		if form != nil {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		if role != "" {
			req = req.WithContext(identity.Into(req.Context(), identity.Principal{Service: "jagacash", Home: r.home, Subject: who, Workspace: family, Role: role, Zone: "Asia/Jakarta"}))
		}
		w := httptest.NewRecorder()
		inner.ServeHTTP(w, req)
		return w
	}
}

var pages = []string{"/reports", "/reports?month=2026-10", "/reports?month=x&currency=1", "/reports?currency=USD", "/reports?month=1999-01", "/plan", "/plan?month=2026-10", "/plan?month=2030-01", "/plan?currency=USD",
	"/plan/budgets", "/plan/goals", "/plan/repeats", "/plan/settle"}

func TestPages(t *testing.T) {
	t.Parallel()
	r := newRig(t, storetest.Open(t, "sqlite", config))
	r.fill()
	ask := r.ask(r.rina, r.ours, tenant.Owner)
	for path, form := range map[string]url.Values{
		"/plan/budgets": {"category": {"groceries"}, "amount": {"1.000.000"}, "keep": {"on"}, "carry": {"yes"}, "month": {"2026-11"}},
		"/plan/goals":   {"name": {"Umrah"}, "amount": {"12.000.000"}, "due": {"2027-10-01"}, "shared": {"yes"}},
		"/plan/repeats": {"category": {"in:salary"}, "amount": {"9.000.000"}, "first": {"2026-11-25"}, "every": {"month"}, "step": {"1"}},
	} {
		if w := ask("POST", "/jagacash/app"+path, "id", form); w.Code != 303 {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
		for _, change := range []string{"", "abc", "-5", "99999999999999999999"} {
			bad := url.Values{}
			for k, v := range form {
				bad[k] = v
			}
			bad.Set("amount", change)
			if w := ask("POST", "/jagacash/app"+path, "en", bad); w.Code != 422 {
				t.Errorf("%s with %q: %d", path, change, w.Code)
			}
		}
	}
	for _, lang := range []string{"id", "en"} {
		for _, path := range pages {
			w := ask("GET", "/jagacash/app"+path, lang, nil)
			body := w.Body.String()
			if w.Code != 200 || strings.Contains(body, "⟦") || strings.Contains(body, "Warung <b>") || strings.Contains(body, "Kado") {
				t.Errorf("%s %s: %d", lang, path, w.Code)
			}
			webtest.Check(t, body)
		}
	}
	if body := r.ask(r.bagas, r.ours, tenant.Viewer)("GET", "/jagacash/app/plan/goals", "id", nil).Body.String(); !strings.Contains(body, "Umrah") {
		t.Error("a goal that was shared by its box is not seen by the family")
	}
	body := ask("GET", "/jagacash/app/reports?month=2026-11", "id", nil).Body.String()
	for _, want := range []string{"Rp625.000", "Rp500.000", "Superindo", "Rina (Anda)", "Bagas", "Rp1.000.000"} {
		if !strings.Contains(body, want) {
			t.Errorf("the report has no %s", want)
		}
	}
}

func TestPages_ofOthersAreClosed(t *testing.T) {
	t.Parallel()
	r := newRig(t, storetest.Open(t, "sqlite", config))
	r.fill()
	var goal *plan.Goal
	r.in(r.ours, r.rina, func(tx *store.Tx, v cash.View) (err error) {
		goal, err = r.plan.AddGoal(ctx, tx, v, plan.NewGoal{Name: "Umrah", Amount: money.Rupiah(1000), Shared: true})
		return err
	})
	stranger, tono, viewer := r.ask(r.tono, r.other, ""), r.ask(r.tono, r.other, tenant.Owner), r.ask(r.bagas, r.ours, tenant.Viewer)
	for _, path := range pages {
		if w := stranger("GET", "/jagacash/app"+path, "id", nil); w.Code == 200 {
			t.Errorf("a stranger gets %s", path)
		}
		if body := tono("GET", "/jagacash/app"+path, "id", nil).Body.String(); strings.Contains(body, "Superindo") || strings.Contains(body, "625.000") || strings.Contains(body, "Umrah") {
			t.Errorf("another family sees ours at %s", path)
		}
	}
	put := fmt.Sprintf("/jagacash/app/plan/goals/%s", goal.ID)
	for _, path := range []string{put, put + "/end"} {
		if w := tono("POST", path, "id", url.Values{"amount": {"1.000"}, "way": {"put"}}); w.Code != 404 {
			t.Errorf("another family at %s: %d", path, w.Code)
		}
		if w := viewer("POST", path, "id", url.Values{"amount": {"1.000"}, "way": {"put"}}); w.Code != 403 {
			t.Errorf("who may only look at %s: %d", path, w.Code)
		}
	}
}

func TestSummarise_tellsEachMemberOnceWhatTheySee(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		r := newRig(t, b)
		r.fill()
		run := func() {
			t.Helper()
			if err := r.report.Summarise(ctx, job.Task{}); err != nil {
				t.Fatal(err)
			}
		}
		run()
		if len(r.told) != 0 {
			t.Fatalf("on the 24th it tells %v", r.told)
		}
		r.Manual().Set(time.Date(2026, 11, 30, 17, 30, 0, 0, time.UTC)) // the first of December in Jakarta
		r.in(r.other, r.tono, func(tx *store.Tx, _ cash.View) error { return r.report.SetSummaries(ctx, tx, r.tono, false) })
		for range 2 {
			run()
		}
		got := map[id.Subject]string{}
		for _, m := range r.told {
			got[m.Subject] = m.Args["out"] + " " + m.Args["month"]
		}
		if len(r.told) != 2 || got[r.rina] != "Rp625.000 11/2026" || got[r.bagas] != "Rp695.000 11/2026" {
			t.Errorf("told %v", got)
		}
		r.in(r.other, r.tono, func(tx *store.Tx, _ cash.View) error { return r.report.SetSummaries(ctx, tx, r.tono, true) })
		if run(); len(r.told) != 3 {
			t.Errorf("who wants it again is not told: %v", r.told)
		}
	})
}

// BenchmarkMonth holds the report of a month against bare SQL for the same figures,
// in one run: go test -bench Month -benchtime 10x, with a million entries where
// AMANAH_ENTRIES says so.
func BenchmarkMonth(b *testing.B) {
	r := newRig(b, storetest.Open(b, "sqlite", config))
	r.fill()
	for i := range 400 {
		r.enter(r.ours, r.rina, fmt.Sprintf("2026-11-%02d", 1+i%22), cash.Out, money.Rupiah(int64(1000+i)), "groceries", fmt.Sprintf("Toko %d", i%20), false)
	}
	b.Run("report", func(b *testing.B) {
		for b.Loop() {
			r.month(r.ours, r.rina, "2026-11")
		}
	})
	b.Run("sql", func(b *testing.B) {
		for b.Loop() {
			r.in(r.ours, r.rina, func(tx *store.Tx, _ cash.View) error {
				return each(tx, "SELECT month, kind, category, SUM(minor) FROM cash_entries WHERE tenant_id = $1 AND month >= '2025-12' AND month <= '2026-11' AND state = 'booked' GROUP BY month, kind, category")
			})
		}
	})
}

func each(tx *store.Tx, text string) error {
	rows, err := tx.Query(ctx, text, tx.Tenant())
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
	}
	return rows.Err()
}
