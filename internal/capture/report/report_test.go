package report_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"amanah/internal/capture"
	"amanah/internal/capture/learning"
	"amanah/internal/capture/report"
	"amanah/internal/clock"
	"amanah/internal/extract/email"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/inbox"
	"amanah/internal/job"
	"amanah/internal/ledger"
	"amanah/internal/money"
	"amanah/internal/notify"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/vault"
)

var config = storetest.Config{
	Sets:       []store.Set{ledger.Tables(), capture.Tables(), learning.Tables(), report.Tables()},
	Migrations: []fs.FS{ledger.Migrations(), capture.Migrations(), learning.Migrations(), report.Migrations()},
}

// rig is a workspace whose bookings come from a file, as people's uploads do.
type rig struct {
	*storetest.Bundle
	t       testing.TB
	capture *capture.Service
	report  *report.Service
	told    []notify.Message
	home    id.Tenant
	tenant  id.Tenant
	person  id.Subject
	line    int64
	next    email.Result
}

type jobs struct{}

func (jobs) Enqueue(context.Context, *store.Tx, job.Task, time.Time) error { return nil }

// Tell keeps what is told, once for each Once, as notify does.
func (r *rig) Tell(_ context.Context, _ *store.Tx, m notify.Message) error {
	for _, have := range r.told {
		if have.Once == m.Once {
			return nil
		}
	}
	r.told = append(r.told, m)
	return nil
}

func newRig(t testing.TB, b *storetest.Bundle) *rig {
	r := &rig{Bundle: b, t: t, home: b.Tenant(), tenant: b.Tenant(), person: b.Subject()}
	r.capture = capture.New(capture.Options{Store: b.DB, Jobs: jobs{}, Extractor: r, Rand: rand.Reader, Slug: "ctt", Home: r.home, Domain: "agent.example.com",
		Booked: func(ctx context.Context, tx *store.Tx, c *capture.Captured, z *time.Location) error {
			return r.report.Booked(ctx, tx, c, z)
		}})
	r.report = report.New(r.capture, r)
	return r
}

func both(t *testing.T, f func(t *testing.T, r *rig)) {
	t.Helper()
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) { f(t, newRig(t, b)) })
}

func (r *rig) scope() store.Scope {
	return store.Scope{Tenant: r.tenant, Home: r.home, Service: "ctt", Actor: store.Actor{Kind: "person", ID: id.ID(r.person)}, Purpose: "capture"}
}

func (r *rig) write(f func(tx *store.Tx) error) {
	r.t.Helper()
	if err := r.Write(context.Background(), r.scope(), f); err != nil {
		r.t.Fatal(err)
	}
}

// moved is one booking to be made.
type moved struct {
	direction, merchant, category string
	minor                         int64
	at                            time.Time
	currency                      money.Currency
}

func (r *rig) book(all ...moved) {
	r.t.Helper()
	in := capture.Intake{Subject: r.person, Source: r.IDs.New(), Issuer: "BCA", Last: "1234", Zone: clock.WIB, Rule: "test"}
	for _, m := range all {
		r.line++
		if m.currency == "" {
			m.currency = money.IDR
		}
		in.Rows = append(in.Rows, capture.Row{Line: r.line, Direction: m.direction, Merchant: m.merchant, Category: m.category, At: m.at, Precision: "minute",
			Amount: money.Amount{Minor: m.minor, Currency: m.currency}, Fingerprint: fmt.Sprint(r.line)})
	}
	r.write(func(tx *store.Tx) error { _, err := r.capture.TakeRows(context.Background(), tx, in); return err })
}

// Extract gives the one transaction that the next mail tells of.
func (r *rig) Extract([]byte, email.Options) (email.Result, error) { return r.next, nil }

// mail books by a bank's mail, which may name a fee.
func (r *rig) mail(m moved, fee int64) {
	r.t.Helper()
	r.line++
	r.next = email.Result{Kind: email.KindTransaction, Issuer: "BCA", Rule: "bca/qris@1", InnerMessageID: fmt.Sprint("<", r.line, "@x>"), Sender: email.Sender{Domain: "bca.co.id", DKIM: "pass", Trust: email.TrustVerified},
		Transactions: []email.Transaction{{Status: "success", Direction: m.direction, Amount: money.Amount{Minor: m.minor, Currency: m.currency}, Fee: money.Amount{Minor: fee, Currency: m.currency},
			At: m.at, AtPrecision: "second", Merchant: m.merchant, Issuer: "BCA", AccountLast: "1234", Channel: "qris", Reference: fmt.Sprint("R", r.line), Category: m.category, Confidence: 0.98}}}
	in := inbox.Message{Subject: r.person, ReceivedAt: clock.At(r.Clock.Now()), Auth: vault.Seal(capture.FormatAuth(email.Auth{DKIM: "pass", SPF: "none", DMARC: "none", ARC: "none"}))}
	in.ID = r.IDs.New()
	apply, err := r.capture.HandleMail(context.Background(), r.scope(), in, []byte("x"))
	if err != nil {
		r.t.Fatal(err)
	}
	r.write(func(tx *store.Tx) error { _, err := apply(context.Background(), tx); return err })
}

func (r *rig) of(q report.Query) (out report.Report) {
	r.t.Helper()
	q.Zone = clock.WIB
	err := r.Read(context.Background(), r.scope(), func(tx *store.Tx) (err error) {
		out, err = r.report.Report(context.Background(), tx, q)
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

func (r *rig) lines(month report.Span, now time.Time) (out []report.Line) {
	r.t.Helper()
	err := r.Read(context.Background(), r.scope(), func(tx *store.Tx) (err error) {
		out, err = r.report.Lines(context.Background(), tx, month, now, clock.WIB)
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

var noon = time.Date(2026, 11, 10, 5, 0, 0, 0, time.UTC)

func TestReport(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		r.book(
			moved{"out", "Kopi Senja", "food_drink", 3_000_00, noon, ""},
			moved{"out", "Kopi Senja", "food_drink", 2_000_00, noon.AddDate(0, 0, 1), ""},
			moved{"in", "PT Gaji", "income", 90_000_00, noon, ""},
			moved{"internal", "Sendiri", "transfer", 50_000_00, noon, ""},
			moved{"out", "Toko Luar", "shopping", 5_00, noon, "USD"},
			// The last minute of October in Jakarta is already November in the east, and
			// still October in Greenwich an hour later.
			moved{"out", "Alfamart Cipinang", "groceries", 700_00, time.Date(2026, 10, 31, 16, 59, 0, 0, time.UTC), ""},
			moved{"out", "Alfamart Cipinang", "groceries", 800_00, time.Date(2026, 10, 31, 17, 0, 0, 0, time.UTC), ""},
			moved{"out", "Alfamart Cipinang", "groceries", 400_00, noon.AddDate(-1, 0, 0), ""},
		)
		got := r.of(report.Query{Span: "2026-11"})
		if d := cmp.Diff(report.Sums{In: 90_000_00, Out: 5_800_00, Count: 4}, got.Total); d != "" {
			t.Errorf("total (-want +got):\n%s", d)
		}
		if got.Before.Out != 700_00 || got.YearAgo.Out != 400_00 {
			t.Errorf("before %+v, a year ago %+v", got.Before, got.YearAgo)
		}
		if got.Periods[0].Out != 800_00 || got.Periods[9].Out != 3_000_00 || got.Periods[9].In != 90_000_00 || len(got.Periods) != 30 {
			t.Errorf("days: %+v", got.Periods[:11])
		}
		if len(got.Others) != 1 || got.Others[0] != "USD" {
			t.Errorf("others: %v", got.Others)
		}
		if m := got.Merchants[0]; m.Name != "Kopi Senja" || m.Out != 5_000_00 || m.Count != 2 {
			t.Errorf("largest merchant: %+v", m)
		}
		if got.Biggest[0].Minor != 90_000_00 || got.Biggest[0].MerchantName != "PT Gaji" {
			t.Errorf("largest: %+v", got.Biggest[0])
		}
		if food := r.of(report.Query{Span: "2026-11", Category: "food_drink"}); food.Total.Out != 5_000_00 || food.Total.In != 0 || food.Before.Out != 0 {
			t.Errorf("of a category: %+v", food.Total)
		}
		if usd := r.of(report.Query{Span: "2026", Currency: "USD"}); usd.Total.Out != 5_00 || usd.Periods[10].Out != 5_00 {
			t.Errorf("of a currency: %+v", usd.Total)
		}
		if bank := r.of(report.Query{Span: "2026-11", Account: got.Accounts[0].Account}); got.Accounts[0].Account.IsZero() || bank.Total != got.Total || bank.Before != got.Before {
			t.Errorf("of an account: %+v, before %+v", bank.Total, bank.Before)
		}
		if none := r.of(report.Query{Span: "2026-11", Account: r.IDs.New()}); none.Total != (report.Sums{}) {
			t.Errorf("of another's account: %+v", none.Total)
		}
		for _, span := range []report.Span{"", "2026-13", "1969", "26", "2026-11-01", "xxxx"} {
			err := r.Read(t.Context(), r.scope(), func(tx *store.Tx) error {
				_, err := r.report.Report(t.Context(), tx, report.Query{Span: span})
				return err
			})
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("span %q: %v", span, err)
			}
		}
	})
}

// A stranger's workspace is in no figure.
func TestReport_otherTenant(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		r.book(moved{"out", "Kopi", "food_drink", 100, noon, ""})
		other := r.scope()
		other.Tenant = r.Bundle.Tenant()
		err := r.Read(t.Context(), other, func(tx *store.Tx) error {
			got, err := r.report.Report(t.Context(), tx, report.Query{Span: "2026-11"})
			if got.Total != (report.Sums{}) || len(got.Merchants)+len(got.Biggest) > 0 {
				t.Errorf("a stranger sees %+v", got)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// Whatever is booked: the report's figures are the ledger's, and its parts add up.
func TestReport_equalsLedger(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		r := newRig(t, storetest.Open(t, "sqlite", config))
		n := rapid.IntRange(1, 30).Draw(rt, "n")
		var all []moved
		for i := range n {
			all = append(all, moved{rapid.SampledFrom(capture.Directions()).Draw(rt, "direction"), fmt.Sprint("M", i%4), rapid.SampledFrom(capture.Categories()).Draw(rt, "category"),
				rapid.Int64Range(1, 1e12).Draw(rt, "minor"), noon.Add(time.Duration(rapid.IntRange(-90*24, 30*24).Draw(rt, "hours")) * time.Hour), rapid.SampledFrom([]money.Currency{"IDR", "USD"}).Draw(rt, "currency")})
		}
		r.book(all...)
		for range rapid.IntRange(0, 5).Draw(rt, "mails") {
			m := all[rapid.IntRange(0, n-1).Draw(rt, "like")]
			r.mail(m, rapid.Int64Range(0, m.minor*2).Draw(rt, "fee"))
		}
		for _, span := range []report.Span{"2026-09", "2026-10", "2026-11", "2026-12", "2026"} {
			got := r.of(report.Query{Span: span})
			want := r.ledger(span)
			if got.Total.In != want.In || got.Total.Out != want.Out {
				rt.Fatalf("%s: report %+v, ledger %+v", span, got.Total, want)
			}
			var byCategory, byAccount, byPeriod report.Sums
			for _, g := range got.Categories {
				byCategory.In, byCategory.Out = byCategory.In+g.In, byCategory.Out+g.Out
			}
			for _, g := range got.Accounts {
				byAccount.In, byAccount.Out = byAccount.In+g.In, byAccount.Out+g.Out
			}
			for _, g := range got.Periods {
				byPeriod.In, byPeriod.Out = byPeriod.In+g.In, byPeriod.Out+g.Out
			}
			if byCategory != byAccount || byAccount != byPeriod || byPeriod.Out != want.Out {
				rt.Fatalf("%s: categories %+v, accounts %+v, periods %+v", span, byCategory, byAccount, byPeriod)
			}
			if !span.Year() && got.History[11].Out != want.Out {
				rt.Fatalf("%s: history %+v", span, got.History)
			}
		}
	})
}

func (r *rig) ledger(span report.Span) (out report.Sums) {
	from, to := string(span), string(span)
	if span.Year() {
		from, to = from+"-01", to+"-12"
	}
	err := r.Read(context.Background(), r.scope(), func(tx *store.Tx) error {
		all, err := ledger.Months(context.Background(), tx, from, to)
		for _, m := range all {
			switch {
			case m.Currency != money.IDR:
			case m.Kind == ledger.Income:
				out.In += m.Credit - m.Debit
			case m.Kind == ledger.Expense:
				out.Out += m.Debit - m.Credit
			}
		}
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

func TestReport_regular(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		for i := range 4 {
			when := noon.AddDate(0, -i, 0)
			r.book(moved{"out", "Internet Rumah", "bills", 317_750_00 + int64(i), when, ""},
				moved{"out", "Kopi", "food_drink", 30_000_00, when, ""}, moved{"out", "Kopi", "food_drink", 30_000_00, when.Add(time.Hour), ""},
				moved{"out", "Toko", "shopping", int64(i+1) * 100_000_00, when, ""})
		}
		got := r.of(report.Query{Span: "2026-11"}).Regular
		if len(got) != 1 || got[0].Name != "Internet Rumah" || got[0].Months != 4 || got[0].Minor != 317_750_00 {
			t.Errorf("regular: %+v", got)
		}
		if got := r.of(report.Query{Span: "2027-02"}).Regular; len(got) != 0 {
			t.Errorf("what ended is regular: %+v", got)
		}
	})
}

func TestBudgets(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		set := func(category, month string, once bool, minor int64) error {
			return r.Write(t.Context(), r.scope(), func(tx *store.Tx) error {
				return r.report.Set(t.Context(), tx, r.person, report.Budget{Category: category, Currency: money.IDR, Month: month, Once: once, Minor: minor})
			})
		}
		for _, one := range []struct {
			category, month string
			once            bool
			minor           int64
		}{{"food_drink", "2026-09", false, 1_000_00}, {"food_drink", "2026-11", true, 2_000_00}, {"food_drink", "2026-12", false, 0}, {report.All, "2026-09", false, 10_000_00}, {report.All, "2026-09", false, 9_000_00}} {
			if err := set(one.category, one.month, one.once, one.minor); err != nil {
				t.Fatal(err)
			}
		}
		limits := func(month report.Span) string {
			var out []string
			for _, l := range r.lines(month, noon) {
				out = append(out, fmt.Sprint(l.Category, "=", l.Limit))
			}
			return strings.Join(out, " ")
		}
		for month, want := range map[report.Span]string{"2026-08": "", "2026-09": "all=900000 food_drink=100000", "2026-10": "all=900000 food_drink=100000",
			"2026-11": "all=900000 food_drink=200000", "2026-12": "all=900000", "2027-05": "all=900000"} {
			if got := limits(month); got != want {
				t.Errorf("%s: %q, want %q", month, got, want)
			}
		}
		for _, wrong := range []error{set("income", "2026-09", false, 1), set("<b>", "2026-09", false, 1), set("travel", "2026", false, 1), set("travel", "", false, 1), set("travel", "2026-09", false, -1), set("travel", "2026-09", false, 2e15)} {
			if !fault.Is(wrong, fault.Invalid) {
				t.Errorf("a wrong budget: %v", wrong)
			}
		}
	})
}

// Four fifths and the end are told once each; the forecast is of this month only.
func TestBudgets_warn(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		r.write(func(tx *store.Tx) error {
			return r.report.Set(t.Context(), tx, r.person, report.Budget{Category: "food_drink", Currency: money.IDR, Month: "2026-11", Minor: 1_000_00})
		})
		var keys []string
		for _, minor := range []int64{700_00, 90_00, 10_00, 100_00, 101_00, 4_00} {
			r.book(moved{"out", "Kopi", "food_drink", minor, noon, ""}, moved{"out", "Toko", "shopping", 5_000_00, noon, ""}, moved{"in", "Kopi", "refund", 1, noon, ""})
			keys = nil
			for _, m := range r.told {
				keys = append(keys, m.Key)
				if len(m.Args) > 0 || m.Subject != r.person {
					t.Errorf("told %+v", m)
				}
			}
		}
		if d := cmp.Diff([]string{"report.warn.near", "report.warn.over"}, keys); d != "" {
			t.Errorf("told (-want +got):\n%s", d)
		}
		l := r.lines("2026-11", noon)[0]
		if l.Spent != 1_005_00 || l.Share() != 1005 || l.Left() != -5_00 || l.Forecast != 3_015_00 {
			t.Errorf("line: %+v", l)
		}
		if l := r.lines("2026-11", noon.AddDate(0, 1, 0))[0]; l.Forecast != 0 {
			t.Errorf("a forecast of a month that is over: %+v", l)
		}
	})
}
