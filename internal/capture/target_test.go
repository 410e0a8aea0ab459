package capture_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"amanah/internal/capture"
	"amanah/internal/capture/target"
	"amanah/internal/channel/sheets"
	"amanah/internal/channel/sheets/sheetstest"
	"amanah/internal/channel/telegram"
	"amanah/internal/extract/email"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/notify"
	"amanah/internal/privacy/egress"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/web/i18n"
)

// town is a rig whose targets reach real servers of this machine.
type town struct {
	*rig
	told   []notify.Message
	posted []target.Letter
	google *sheetstest.Server
	cut    func(*http.Request) // called after an answer came, before it is given on
}

// Do lets the request out to this machine.
func (w *town) Do(ctx context.Context, u egress.Use, req *http.Request) (*egress.Response, error) {
	w.door.mu.Lock()
	w.door.uses = append(w.door.uses, u)
	w.door.mu.Unlock()
	resp, err := http.DefaultTransport.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return nil, fault.New(fault.Unavailable, "test", "egress.unreachable")
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if w.cut != nil {
		w.cut(req)
	}
	if ctx.Err() != nil {
		return nil, fault.New(fault.Unavailable, "test", "egress.slow")
	}
	return &egress.Response{Status: resp.StatusCode, Header: resp.Header, Body: body}, err
}

// Client is the same for a protocol's own code.
func (w *town) Client(u egress.Use) *http.Client {
	return &http.Client{Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
		got, err := w.Do(req.Context(), u, req)
		if err != nil {
			return nil, err
		}
		return &http.Response{StatusCode: got.Status, Header: got.Header, Body: io.NopCloser(strings.NewReader(string(got.Body))), Request: req}, nil
	})}
}

// Tell keeps what a person was told.
func (w *town) Tell(_ context.Context, tx *store.Tx, m notify.Message) error {
	tx.AfterCommit(func() { w.told = append(w.told, m) })
	return nil
}

func inTown(t *testing.T, f func(t *testing.T, w *town)) {
	t.Helper()
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		c, err := i18n.New(capture.Texts())
		if err != nil {
			t.Fatal(err)
		}
		w := &town{rig: newRig(t, b), google: sheetstest.New(t)}
		o := w.Options
		o.Door, o.Tell, o.Loopback = w, w, true
		o.Kinds = []target.Kind{target.Webhook{Loopback: true}, target.HTTP{Loopback: true}, target.ByMail{}, target.NewSheets(w.google.OAuth(), w.google.URL, c)}
		o.Post = func(_ context.Context, _ store.Scope, _ id.Subject, l target.Letter) error {
			w.posted = append(w.posted, l)
			return nil
		}
		w.Service = capture.New(o)
		f(t, w)
	})
}

// setUp makes a target and has it verified.
func (w *town) setUp(n capture.NewTarget) (key id.ID) {
	w.t.Helper()
	w.write(func(tx *store.Tx) (err error) {
		key, _, err = w.SetUp(context.Background(), tx, w.person, n)
		return err
	})
	if n.Kind == "sheets" {
		w.connect(key)
	} else if _, why, err := w.Test(context.Background(), w.scope(), key); err != nil || why != "" {
		w.t.Fatal(why, err)
	}
	return key
}

// connect goes to Google as the person and agrees.
func (w *town) connect(key id.ID) {
	w.t.Helper()
	ctx := context.Background()
	to, err := w.BeginGrant(ctx, w.scope(), w.person, key)
	if err != nil {
		w.t.Fatal(err)
	}
	u, err := url.Parse(to)
	if err != nil {
		w.t.Fatal(err)
	}
	q := u.Query()
	code := w.google.Agree(q.Get("code_challenge"), q.Get("nonce"), q.Get("scope"))
	if _, err := w.FinishGrant(ctx, w.scope(), w.person, map[string]string{"state": q.Get("state"), "code": code, "iss": w.google.URL}); err != nil {
		w.t.Fatal(err)
	}
}

// work runs planned jobs until none is due, moving the clock to each.
func (w *town) work() {
	w.t.Helper()
	for range 500 {
		tasks := w.jobs.take()
		if len(tasks) == 0 {
			return
		}
		for _, p := range tasks {
			if wait := p.at.Sub(w.Clock.Now()); wait > 0 && wait < 24*time.Hour {
				w.Manual().Add(wait)
			} else if wait > 0 {
				continue
			}
			w.run(p)
		}
	}
	w.t.Fatal("the jobs do not end")
}

func (w *town) run(p planned) {
	w.t.Helper()
	f := map[string]func(context.Context, planned) error{
		capture.DeliverTask: func(ctx context.Context, p planned) error { return w.Deliver(ctx, p.Task) },
		capture.ReplayTask:  func(ctx context.Context, p planned) error { return w.ReplayPiece(ctx, p.Task) },
		capture.PlanTask:    func(ctx context.Context, p planned) error { return w.Plan(ctx, p.Task) },
		capture.ListenTask:  func(context.Context, planned) error { return nil },
		capture.RevokeTask:  func(ctx context.Context, p planned) error { return w.Revoke(ctx, p.Task) },
	}[p.Kind]
	if f == nil {
		w.t.Fatalf("nobody does %s", p.Kind)
	}
	if err := f(context.Background(), p); err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) find(key id.ID) (t *capture.Target) {
	w.t.Helper()
	w.read(func(tx *store.Tx) (err error) {
		t, err = store.Get[capture.Target](context.Background(), tx, key)
		return err
	})
	return t
}

func named(ref, name string, minor int64) email.Result {
	return genuine("<"+ref+"@x>", kopi(func(t *email.Transaction) { t.Reference, t.Merchant, t.Amount.Minor = ref, name, minor }))
}

func sheetTarget() capture.NewTarget {
	return capture.NewTarget{Kind: "sheets", Settings: target.Settings{Sheet: &target.Sheet{Title: "Transaksi Rina", Lang: "id"}}}
}

func (w *town) correct(v capture.View, minor int64) {
	w.t.Helper()
	w.write(func(tx *store.Tx) error {
		e := capture.Edit{Direction: v.Direction, Amount: v.Amount(), Fee: -1, Merchant: v.MerchantName, Category: v.Category, At: v.At, Account: v.Account, Zone: time.UTC}
		e.Amount.Minor = minor
		return w.Correct(context.Background(), tx, v.ID, v.Revision, e)
	})
}

// Rows come, are corrected in place and marked when reversed.
func TestSheets(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		key := w.setUp(sheetTarget())
		w.mail(named("1", "Kopi Tuku", 15250000))
		w.mail(named("2", "=1+1", 5000000))
		w.work()
		rows := w.google.Rows(t)
		if len(rows) != 3 || !strings.HasPrefix(rows[0], "ID Tanggal dan waktu Arah Jumlah") || !strings.Contains(rows[1], "2026-11-22 12:31 Keluar 152500 2500 IDR Kopi Tuku Makan dan minum BCA 1234") || !strings.Contains(rows[2], " =1+1 ") {
			t.Fatalf("the rows are %q", rows)
		}
		w.google.Rename("Belanja 'ku")
		first := w.all()[0]
		w.correct(first, 20000000)
		w.work()
		w.write(func(tx *store.Tx) error {
			return w.Reject(context.Background(), tx, first.ID, w.view(first.ID).Revision)
		})
		w.work()
		rows = w.google.Rows(t)
		if len(rows) != 3 || !slices.ContainsFunc(rows, func(r string) bool { return strings.Contains(r, " 200000 ") && strings.HasSuffix(r, "Dibatalkan") }) {
			t.Errorf("after a correction and a reversal the rows are %q", rows)
		}
		for _, u := range w.door.uses {
			if u.Recipient.Key != "google" || u.Purpose != "deliver" {
				t.Errorf("sent as %+v", u)
			}
		}
		if got := w.find(key); got.State != capture.TargetActive || got.Host.Reveal() != "Transaksi Rina" {
			t.Errorf("the target is %+v", got)
		}
	})
}

// A process that dies between sending and noting it leaves one row, wherever it dies.
func TestSheets_killed(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		w.setUp(sheetTarget())
		for i, path := range []string{":append", "/values/", "/v4/spreadsheets/"} {
			w.mail(named(fmt.Sprint(i), fmt.Sprintf("Toko %d", i), 1000000))
			p := w.jobs.take()[0]
			ctx, kill := context.WithCancel(context.Background())
			w.cut = func(r *http.Request) {
				if strings.Contains(r.URL.Path, path) {
					kill()
				}
			}
			if err := w.Deliver(ctx, p.Task); err == nil {
				t.Error("a process that died noted something")
			}
			kill()
			w.cut = nil
			w.Manual().Add(time.Minute) // the turn that it had is over
			w.run(p)
			w.work()
			if d := w.delivery(p.ID); d.State != capture.Delivered {
				t.Errorf("the delivery is %+v", d)
			}
			if rows := w.google.Rows(t); len(rows) != i+2 {
				t.Errorf("died after %s: %d rows, want %d: %q", path, len(rows)-1, i+1, rows)
			}
		}
	})
}

// A grant that the person took back holds the target at once, says so once, and
// loses nothing.
func TestSheets_revoked(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		key := w.setUp(sheetTarget())
		w.google.Revoke()
		for i := range 3 {
			w.mail(named(fmt.Sprint(i), fmt.Sprintf("Toko %d", i), 1000000))
			w.work()
		}
		if got := w.find(key); got.State != capture.TargetPaused || got.Reason != sheets.KeyRevoked {
			t.Errorf("the target is %s, %s", got.State, got.Reason)
		}
		if len(w.told) != 1 || w.told[0].Key != "capture.notice.target.grant_revoked" || w.told[0].Args["target"] != "Transaksi Rina" || w.told[0].Subject != w.person {
			t.Errorf("told %+v", w.told)
		}
		before := w.google.Renewals
		w.work()
		if w.google.Renewals != before {
			t.Error("a dead grant is tried again")
		}
		w.connect(key)
		w.work()
		if rows := w.google.Rows(t); len(rows) != 4 {
			t.Errorf("%d rows after a new grant, want the three that waited", len(rows)-1)
		}
	})
}

// A spreadsheet that the person deleted: told, held, made anew, filled by a replay.
func TestSheets_deleted(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		ctx := context.Background()
		key := w.setUp(sheetTarget())
		w.mail(named("1", "Kopi Tuku", 1000000))
		w.work()
		w.google.Delete()
		w.mail(named("2", "Bakso", 1000000))
		w.work()
		if got := w.find(key); got.State != capture.TargetPaused || got.Reason != "target.sheet_gone" || len(w.told) != 1 {
			t.Fatalf("the target is %s, %s, told %d", got.State, got.Reason, len(w.told))
		}
		if err := w.RenewSheet(ctx, w.scope(), key); err != nil {
			t.Fatal(err)
		}
		w.work()
		if rows := w.google.Rows(t); len(rows) != 2 || !strings.Contains(rows[1], "Bakso") {
			t.Errorf("the new spreadsheet has %q", rows)
		}
		for range 2 { // doing it again adds no row
			if _, err := w.StartReplay(ctx, w.scope(), key, capture.Span{Since: "2026-11-01", Until: "2026-11-30"}); err != nil {
				t.Fatal(err)
			}
			w.work()
			if rows := w.google.Rows(t); len(rows) != 3 {
				t.Errorf("after the replay there are %q", rows)
			}
		}
	})
}

func TestSheets_limited(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		key := w.setUp(sheetTarget())
		busy := func(code int) func(http.ResponseWriter, *http.Request) bool {
			return func(rw http.ResponseWriter, _ *http.Request) bool { rw.WriteHeader(code); return true }
		}
		w.google.Next(busy(429), busy(503), func(http.ResponseWriter, *http.Request) bool { return false }, busy(429))
		w.mail(named("1", "Kopi", 1000000))
		p := w.jobs.take()[0]
		w.run(p)
		if d := w.delivery(p.ID); d.Attempts != 0 || d.State != capture.Pending || w.find(key).ParkedUntil.IsZero() {
			t.Errorf("being asked to wait counts as an attempt: %+v", d)
		}
		w.work()
		if d := w.delivery(p.ID); d.State != capture.Delivered || d.Attempts != 2 {
			t.Errorf("the delivery is %+v", d)
		}
		w.google.Expire()
		w.mail(named("2", "Bakso", 1000000))
		w.work()
		if rows := w.google.Rows(t); len(rows) != 3 {
			t.Errorf("after the access ended early there are %q", rows)
		}
	})
}

// Disconnecting cuts off here and now, and asks Google until it says that nothing
// is left.
func TestSheets_disconnect(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		key := w.setUp(sheetTarget())
		w.mail(named("1", "Kopi", 1000000))
		away := func(rw http.ResponseWriter, _ *http.Request) bool { rw.WriteHeader(503); return true }
		w.google.Next(away, away)
		w.write(func(tx *store.Tx) error { return w.RemoveTarget(context.Background(), tx, key) })
		got := w.find(key)
		if !got.Secret.IsZero() || !got.Settings.IsZero() || !got.URL.IsZero() || got.State != capture.TargetRemoved {
			t.Error("a removed target keeps something")
		}
		w.work()
		if w.google.Alive() != 0 || w.google.Revocations != 1 {
			t.Errorf("%d grants live after %d answers", w.google.Alive(), w.google.Revocations)
		}
		if rows := w.google.Rows(t); len(rows) != 1 {
			t.Errorf("a removed target got %q", rows)
		}
		w.read(func(tx *store.Tx) error {
			n := 0
			err := tx.QueryRow(context.Background(), "SELECT COUNT(*) FROM target_revocations", nil, &n)
			if n != 0 {
				t.Error("the secret is kept after Google took the grant back")
			}
			return err
		})
	})
}

// An answer of Google is good for the person who was sent, once, for ten minutes.
func TestFinishGrant_refuses(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		ctx := context.Background()
		var key id.ID
		w.write(func(tx *store.Tx) (err error) { key, _, err = w.SetUp(ctx, tx, w.person, sheetTarget()); return err })
		begin := func() map[string]string {
			to, err := w.BeginGrant(ctx, w.scope(), w.person, key)
			if err != nil {
				t.Fatal(err)
			}
			u, _ := url.Parse(to)
			q := u.Query()
			return map[string]string{"state": q.Get("state"), "code": w.google.Agree(q.Get("code_challenge"), q.Get("nonce"), q.Get("scope"))}
		}
		for name, c := range map[string]struct {
			person id.Subject
			change func(map[string]string)
		}{
			"another person":   {w.Subject(), func(map[string]string) {}},
			"a forged state":   {w.person, func(a map[string]string) { a["state"] = key.String() + ".AAAA" }},
			"no state":         {w.person, func(a map[string]string) { a["state"] = "" }},
			"another server":   {w.person, func(a map[string]string) { a["iss"] = "https://evil.example" }},
			"a no":             {w.person, func(a map[string]string) { a["code"] = "" }},
			"too late":         {w.person, func(map[string]string) { w.Manual().Add(11 * time.Minute) }},
			"a code of theirs": {w.person, func(a map[string]string) { a["code"] = "4/none" }},
		} {
			a := begin()
			c.change(a)
			if _, err := w.FinishGrant(ctx, w.scope(), c.person, a); err == nil {
				t.Errorf("%s passes", name)
			}
		}
		a := begin()
		if _, err := w.FinishGrant(ctx, w.scope(), w.person, a); err != nil {
			t.Fatal(err)
		}
		if _, err := w.FinishGrant(ctx, w.scope(), w.person, a); err == nil {
			t.Error("an answer is good twice")
		}
	})
}

func TestFilters(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		hook := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(204) }))
		defer hook.Close()
		key := w.setUp(capture.NewTarget{Kind: "webhook", Settings: target.Settings{URL: hook.URL, Filter: target.Filter{From: 5000000, Merchant: "kopi"}}})
		w.mail(named("1", "Kopi Tuku", 6000000))
		w.mail(named("2", "Kopi Tuku", 4000000))
		w.mail(named("3", "Bakso", 6000000))
		if n := len(w.jobs.take()); n != 1 {
			t.Errorf("%d deliveries, want only that of the filter", n)
		}
		for _, v := range w.all() {
			w.correct(v, 1000000) // none passes any more; one was sent before
		}
		if n := len(w.jobs.take()); n != 1 {
			t.Errorf("%d corrections, want that of what the target has", n)
		}
		if n, err := w.CountReplay(context.Background(), w.scope(), key, capture.Span{Since: "2026-11-01", Until: "2026-11-30"}); err != nil || n != 0 {
			t.Errorf("a replay would send %d, %v", n, err)
		}
	})
}

// A replay sends what was sent, with the number that it had, and can be stopped.
func TestReplay(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		ctx, numbers := context.Background(), map[string]int{}
		hook := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			numbers[r.Header.Get("webhook-id")]++
			rw.WriteHeader(204)
		}))
		defer hook.Close()
		w.mail(named("0", "Sebelum", 1000000)) // before there was a target
		key := w.setUp(capture.NewTarget{Kind: "webhook", Settings: target.Settings{URL: hook.URL}})
		clear(numbers)
		for i := 1; i < 4; i++ {
			w.mail(named(fmt.Sprint(i), fmt.Sprintf("Toko %d", i), 1000000))
		}
		w.work()
		span := capture.Span{Since: "2026-11-22", Until: "2026-11-22"}
		if n, err := w.CountReplay(ctx, w.scope(), key, span); err != nil || n != 4 {
			t.Fatal(n, err)
		}
		if _, err := w.StartReplay(ctx, w.scope(), key, span); err != nil {
			t.Fatal(err)
		}
		if _, err := w.StartReplay(ctx, w.scope(), key, span); !fault.Is(err, fault.Conflict) {
			t.Errorf("two at once: %v", err)
		}
		w.work()
		twice := 0
		for _, n := range numbers {
			if n == 2 {
				twice++
			}
		}
		if len(numbers) != 4 || twice != 3 {
			t.Errorf("the receiver saw %v: the three with their numbers again, and the one that it missed", numbers)
		}
		w.Manual().Add(time.Second)
		again, err := w.StartReplay(ctx, w.scope(), key, span)
		if err != nil {
			t.Fatal(err)
		}
		w.run(w.jobs.take()[0])
		w.write(func(tx *store.Tx) error { return w.StopReplay(ctx, tx, again) })
		before := len(numbers)
		w.work()
		w.read(func(tx *store.Tx) error {
			all, err := w.Replays(ctx, tx, key)
			if len(all) != 1 || all[0].State != capture.ReplayStopped || all[0].Waiting != 0 || all[0].Arrived != 4 || all[0].Total != 4 {
				t.Errorf("the replays are %+v", all)
			}
			return err
		})
		if len(numbers) != before || slices.ContainsFunc(w.all(), func(v capture.View) bool { return numbers[v.ID.String()] > 2 }) {
			t.Error("a stopped replay was sent")
		}
		for field, s := range map[string]capture.Span{"since": {Since: "x", Until: "2026-11-22"}, "until": {Since: "2026-11-22", Until: "2026-11-21"}} {
			if _, err := w.StartReplay(ctx, w.scope(), key, s); fault.Of(err).Field != field {
				t.Errorf("%+v gives %v", s, err)
			}
		}
	})
}

// A target that fails for long is held, and told of once.
func TestHold_tellsOnce(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		code := 200
		hook := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(code) }))
		defer hook.Close()
		key := w.setUp(capture.NewTarget{Kind: "webhook", Settings: target.Settings{URL: hook.URL}})
		code = 500
		for i := range 4 {
			w.mail(named(fmt.Sprint(i), "Kopi", 1000000+int64(i)*100000))
		}
		w.work()
		if got := w.find(key); got.Reason != "target.failing" || len(w.told) != 1 || w.told[0].Key != "capture.notice.target.failing" || w.told[0].Tone != notify.Warning {
			t.Fatalf("%s, told %+v", got.Reason, w.told)
		}
		code = 200
		w.write(func(tx *store.Tx) error { return w.ResumeTarget(context.Background(), tx, key) })
		w.write(func(tx *store.Tx) error { _, err := w.RetryAll(context.Background(), tx, key); return err })
		w.work()
		w.read(func(tx *store.Tx) error {
			n := 0
			err := tx.QueryRow(context.Background(), "SELECT COUNT(*) FROM deliveries WHERE state = 'delivered' AND event = 'captured'", nil, &n)
			if n != 4 {
				t.Errorf("%d arrived after all, want 4", n)
			}
			return err
		})
		code = 410
		w.mail(named("9", "Bakso", 3000000))
		w.work()
		if len(w.told) != 2 || w.told[1].Once == w.told[0].Once || w.find(key).Reason != "target.gone" {
			t.Errorf("another pause is told as %+v", w.told)
		}
	})
}

// Each span is one file, an empty one is left out where the person wants it, and a
// pause makes the next span longer.
func TestFiles(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		key := w.setUp(capture.NewTarget{Kind: "file", Settings: target.Settings{File: &target.File{Format: "csv", Every: "day", Hour: 7, Skip: true}}})
		if len(w.posted) != 1 || !w.posted[0].Test {
			t.Fatalf("the test posted %+v", w.posted)
		}
		next := func() {
			t.Helper()
			for _, p := range w.jobs.take() {
				if wait := p.at.Sub(w.Clock.Now()); wait > 0 {
					w.Manual().Add(wait)
				}
				w.run(p)
				w.run(p) // a repetition
			}
			for _, p := range w.jobs.take() { // what it put in; the next plan stays
				if p.Kind == capture.DeliverTask {
					w.run(p)
					w.run(p)
				} else {
					w.jobs.tasks = append(w.jobs.tasks, p)
				}
			}
		}
		next() // nothing happened
		w.mail(named("1", "Kopi Tuku", 1000000))
		w.mail(named("2", "=SUM(A1)", 1000000))
		next()
		if len(w.posted) != 2 {
			t.Fatalf("%d letters, want the test and one file", len(w.posted))
		}
		l := w.posted[1]
		if l.Rows != 2 || l.Until.Sub(l.From) != 24*time.Hour || l.Until.Hour() != 7 || !strings.HasSuffix(l.File, ".csv") || !strings.Contains(string(l.Content), "Kopi Tuku") || strings.Contains(string(l.Content), ",=SUM") || strings.Contains(string(l.Content), "REF") {
			t.Errorf("the letter is %+v\n%s", l, l.Content)
		}
		w.mail(named("3", "Bakso", 1000000))
		w.write(func(tx *store.Tx) error { return w.PauseTarget(context.Background(), tx, key) })
		next()
		w.Manual().Add(24 * time.Hour)
		w.write(func(tx *store.Tx) error { return w.ResumeTarget(context.Background(), tx, key) })
		next()
		if len(w.posted) != 3 || w.posted[2].Rows != 1 || w.posted[2].From != l.Until || w.posted[2].Until.Sub(w.posted[2].From) < 48*time.Hour {
			t.Errorf("after a pause: %+v", w.posted[len(w.posted)-1])
		}
	})
}

// bot is a stand-in of the Bot API for binding a chat.
func bot(t *testing.T, texts *[]string, code *int) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch {
		case strings.HasSuffix(r.URL.Path, "/getMe"):
			_, _ = io.WriteString(rw, `{"ok":true,"result":{"id":1,"is_bot":true,"username":"amanah_ctt_bot"}}`)
		case *code != 200:
			rw.WriteHeader(*code)
			_, _ = fmt.Fprintf(rw, `{"ok":false,"error_code":%d,"description":"no","parameters":{"retry_after":9}}`, *code)
		default:
			*texts = append(*texts, string(body))
			_, _ = io.WriteString(rw, `{"ok":true,"result":{"message_id":2}}`)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func TestTelegram(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		ctx, code := context.Background(), 200
		var texts []string
		c, err := i18n.New(capture.Texts())
		if err != nil {
			t.Fatal(err)
		}
		kind := target.Telegram{Base: bot(t, &texts, &code).URL, Token: "1:tok3n", Catalog: c}
		o := w.Options
		o.Kinds, o.Chats = []target.Kind{kind}, &capture.Chats{Kind: kind}
		w.Service = capture.New(o)
		var key id.ID
		w.write(func(tx *store.Tx) (err error) {
			key, _, err = w.SetUp(ctx, tx, w.person, capture.NewTarget{Kind: "telegram", Settings: target.Settings{Chat: &target.Chat{Lang: "id"}}})
			return err
		})
		link := func() string {
			href, err := w.LinkChat(ctx, w.scope(), key)
			token, ok := strings.CutPrefix(href, "https://t.me/amanah_ctt_bot?start=")
			if err != nil || !ok {
				t.Fatal(href, err)
			}
			return token
		}
		start := func(n int64, token, kind string) {
			u := telegram.Update{ID: n, Message: &telegram.Message{Text: "/start " + token, Chat: telegram.Chat{ID: 500 + n, Type: kind, FirstName: "Rina"}}}
			if err := w.Heard(ctx, u); err != nil {
				t.Fatal(err)
			}
		}
		w.mail(named("1", "Kopi", 1000000))
		start(1, "AAAAAAAAAAAAAAAAAAAAAA", "private")
		start(2, link(), "group")
		old := link()
		w.Manual().Add(16 * time.Minute)
		start(3, old, "private")
		if len(texts) != 0 || !w.find(key).VerifiedAt.IsZero() {
			t.Fatalf("somebody else's chat got %v", texts)
		}
		token := link()
		start(4, token, "private")
		start(5, token, "private") // the same link again
		w.jobs.take()
		w.mail(named("2", "Warung <b>Dewi</b>", 15250000))
		w.work()
		if len(texts) != 2 || !strings.Contains(texts[0], `"chat_id":504`) || !strings.Contains(texts[1], `−Rp152.500`) || !strings.Contains(texts[1], `Warung \u0026lt;b\u0026gt;Dewi`) || !strings.Contains(texts[1], "Makan dan minum · BCA · ••1234") {
			t.Errorf("the chat got %q", texts)
		}
		code = 403
		w.mail(named("3", "Bakso", 1000000))
		w.work()
		if got := w.find(key); got.Reason != "target.blocked" || len(w.told) != 1 || got.Host.Reveal() != "Telegram: Rina" {
			t.Errorf("the target is %+v, told %+v", got, w.told)
		}
		code = 200
		start(6, link(), "private")
		w.work()
		if len(texts) != 4 || !strings.Contains(texts[3], `"chat_id":506`) {
			t.Errorf("after connecting again the chat got %q", texts[2:])
		}
	})
}

// Where Telegram cannot call, the bot is asked for as long as a link may be opened.
func TestListen(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		ctx, asked, token := context.Background(), []string{}, ""
		srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			_, method, _ := strings.Cut(r.URL.Path, "1:tok3n/")
			asked = append(asked, method)
			switch {
			case method == "getMe":
				_, _ = io.WriteString(rw, `{"ok":true,"result":{"id":1,"username":"amanah_ctt_bot"}}`)
			case method == "getUpdates" && strings.Contains(string(body), `"offset":0`) && len(asked) == 2:
				rw.WriteHeader(409)
				_, _ = io.WriteString(rw, `{"ok":false,"error_code":409,"description":"Conflict: can't use getUpdates method while webhook is active"}`)
			case method == "getUpdates" && strings.Contains(string(body), `"offset":0`):
				_, _ = fmt.Fprintf(rw, `{"ok":true,"result":[{"update_id":70,"message":{"message_id":1,"from":{"id":9},"chat":{"id":9,"type":"private","first_name":"Rina"},"text":"/start %s"}}]}`, token)
			case method == "getUpdates":
				_, _ = io.WriteString(rw, `{"ok":true,"result":[]}`)
			default:
				_, _ = io.WriteString(rw, `{"ok":true,"result":{"message_id":2}}`)
			}
		}))
		defer srv.Close()
		c, err := i18n.New(capture.Texts())
		if err != nil {
			t.Fatal(err)
		}
		kind := target.Telegram{Base: srv.URL, Token: "1:tok3n", Catalog: c}
		o := w.Options
		o.Kinds, o.Chats = []target.Kind{kind}, &capture.Chats{Kind: kind}
		w.Service = capture.New(o)
		var key id.ID
		w.write(func(tx *store.Tx) (err error) {
			key, _, err = w.SetUp(ctx, tx, w.person, capture.NewTarget{Kind: "telegram", Settings: target.Settings{Chat: &target.Chat{Lang: "en"}}})
			return err
		})
		href, err := w.LinkChat(ctx, w.scope(), key)
		if err != nil {
			t.Fatal(err)
		}
		_, token, _ = strings.Cut(href, "start=")
		for range 2 { // at first an old webhook is in the way
			p := w.jobs.take()
			if len(p) != 1 || p[0].Kind != capture.ListenTask {
				t.Fatalf("the jobs are %+v", p)
			}
			if err := w.Listen(ctx, p[0].Task); err != nil {
				t.Fatal(err)
			}
		}
		if got := w.find(key); got.VerifiedAt.IsZero() || got.Host.Reveal() != "Telegram: Rina" {
			t.Errorf("the target is %+v after %v", got, asked)
		}
		if n := len(w.jobs.take()); n != 0 || !slices.Contains(asked, "deleteWebhook") {
			t.Errorf("the bot is asked on although nobody has a link: %d, %v", n, asked)
		}
	})
}

// A webhook's call without the secret is not read.
func TestHook(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		kind := target.Telegram{Token: "1:tok3n"}
		o := w.Options
		o.Chats = &capture.Chats{Kind: kind, Hook: "https://ctt.example/ctt/hooks/telegram"}
		w.Service = capture.New(o)
		good := kind.Bot(nil).Secret()
		for name, c := range map[string]struct {
			secret, body string
			code         int
		}{
			"no secret":   {"", `{"update_id":1}`, 404},
			"another":     {good + "x", `{"update_id":1}`, 404},
			"theirs":      {good, `{"update_id":1}`, 204},
			"no update":   {good, `[]`, 204},
			"huge":        {good, strings.Repeat("x", 300<<10), 413},
			"a bad token": {good, `{"update_id":2,"message":{"text":"/start abc","chat":{"id":1,"type":"private"}}}`, 204},
		} {
			r := httptest.NewRequest("POST", "/ctt/hooks/telegram", strings.NewReader(c.body))
			r.Header.Set(telegram.HeaderSecret, c.secret)
			rec := httptest.NewRecorder()
			w.Hook().ServeHTTP(rec, r)
			if rec.Code != c.code {
				t.Errorf("%s gives %d, want %d", name, rec.Code, c.code)
			}
		}
	})
}
