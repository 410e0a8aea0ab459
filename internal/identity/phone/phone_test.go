package phone_test

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/identity/phone"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/tenant"
	"amanah/internal/web/i18n"
	"amanah/internal/web/webtest"
)

var config = storetest.Config{Sets: []store.Set{phone.Tables()}, Migrations: []fs.FS{phone.Migrations()}}

// world is the service with everything around it faked by hand.
type world struct {
	*phone.Service
	t      *testing.T
	b      *storetest.Bundle
	mu     sync.Mutex
	sent   []phone.Message
	events []string
	broken error // of the sender
}

func newWorld(t *testing.T, b *storetest.Bundle) *world {
	t.Helper()
	w := &world{t: t, b: b}
	var err error
	w.Service, err = phone.New(phone.Config{DB: b.DB, Sender: w, Events: w, Catalog: webtest.Catalog(t, phone.Texts()),
		Title: func(string, string) string { return "CTT" }})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) SendCode(_ context.Context, m phone.Message) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.broken == nil {
		w.sent = append(w.sent, m)
	}
	return w.broken
}

func (w *world) Record(_ context.Context, _ *store.Tx, e identity.Event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, e.Name)
	return nil
}

// last is the code that was sent last.
func (w *world) last() phone.Message {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.sent) == 0 {
		w.t.Fatal("no code was sent")
	}
	return w.sent[len(w.sent)-1]
}

// wrong is a code that is not the last one.
func (w *world) wrong() string {
	if w.last().Code == "123456" {
		return "654321"
	}
	return "123456"
}

func (w *world) person() identity.Principal {
	home := tenant.HomeOf("ctt")
	return identity.Principal{Service: "ctt", Home: home, Subject: w.b.Subject(), Name: "Rina Maharani", Lang: "id", Zone: "Asia/Jakarta", Role: tenant.Owner, Workspace: id.Tenant{9}}
}

func (w *world) ask(p identity.Principal, number string) {
	w.t.Helper()
	if err := w.Ask(w.t.Context(), p, number, here); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) later(d time.Duration) { w.b.Manual().Add(d) }

var here = identity.Device{IP: "203.0.113.7", Agent: "x", Lang: "id"}

const number = "0812 3456 7890"

func key(err error) string {
	if err == nil {
		return ""
	}
	return fault.Of(err).Key
}

func TestParse(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"0812 3456 7890": "+6281234567890", "+62 812-3456-7890": "+6281234567890", "62812 3456 7890": "+6281234567890", "+62 0812 3456 7890": "+6281234567890",
		"812.3456.7890": "+6281234567890", "(0812) 34567890": "+6281234567890", "006281234567890": "+6281234567890", "0811234567": "+62811234567",
		"+65 9123 4567": "+6591234567", "+1 415 555 0123": "+14155550123", "0044 7700 900123": "+447700900123",
		"": "", "021 555 1234": "", "08123": "", "0812345678901234": "", "+0812345678": "", "+62 21 5551234": "", "abc": "", "+65 9123 456x": "",
		"+628123456789٠": "", "+1": "", "0812 3456 7890; DROP": "", strings.Repeat("8", 50): "", "+999999999999999999": "",
	} {
		got, err := phone.Parse(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", in, got, err)
		}
		if err != nil && (fault.Of(err).Field != "number" || in != "" && strings.Contains(err.Error(), in)) {
			t.Errorf("%q: %v", in, err)
		}
	}
	if got := phone.Show("+6281234567890"); got != "+62 812-3456-7890" {
		t.Error(got)
	}
}

// A number is one spelling: read again it stays, and shown it is read back.
func FuzzParse(f *testing.F) {
	f.Add("0812 3456 7890")
	f.Add("+1 415 555 0123")
	f.Fuzz(func(t *testing.T, in string) {
		got, err := phone.Parse(in)
		if err != nil {
			return
		}
		again, err := phone.Parse(got)
		shown, err2 := phone.Parse(phone.Show(got))
		if err != nil || err2 != nil || again != got || shown != got || len(got) > 16 {
			t.Errorf("%q became %q, then %q and %q", in, got, again, shown)
		}
	})
}

func TestPhone_provenByItsCode(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), t.Context()
		p := w.person()
		w.ask(p, number)
		m := w.last()
		if m.Number != "+6281234567890" || len(m.Code) != 6 || !strings.HasPrefix(m.Text, m.Code+" adalah kode verifikasi CTT") || m.Person != p.Subject || m.Home != p.Home {
			t.Fatalf("%+v", m)
		}
		st, err := w.Of(ctx, p)
		if err != nil || st.Number != "" || st.Waiting != "+6281234567890" || st.Until != b.Clock.Now().Add(10*time.Minute) {
			t.Errorf("%+v, %v", st, err)
		}
		if err := w.Confirm(ctx, p, m.Code[:3]+" "+m.Code[3:]); err != nil {
			t.Fatal(err)
		}
		if st, err = w.Of(ctx, p); err != nil || st.Number != "+6281234567890" || st.Waiting != "" || st.Verified.IsZero() {
			t.Errorf("%+v, %v", st, err)
		}
		if err := w.Confirm(ctx, p, m.Code); key(err) != "phone.code.over" {
			t.Errorf("the code again: %v", err)
		}
		// Another number replaces it only after its own code.
		w.later(2 * time.Minute)
		w.ask(p, "+65 9123 4567")
		if st, _ = w.Of(ctx, p); st.Number != "+6281234567890" {
			t.Errorf("not proven yet: %+v", st)
		}
		if err := w.Confirm(ctx, p, w.last().Code); err != nil {
			t.Fatal(err)
		}
		if st, _ = w.Of(ctx, p); st.Number != "+6591234567" {
			t.Errorf("%+v", st)
		}
		if err := w.Remove(ctx, p); err != nil {
			t.Fatal(err)
		}
		if st, err = w.Of(ctx, p); err != nil || st != (phone.State{}) {
			t.Errorf("%+v, %v", st, err)
		}
		if got := strings.Join(w.events, " "); got != "phone.verified phone.verified phone.removed" {
			t.Errorf("events: %s", got)
		}
	})
}

func TestConfirm_refuses(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), t.Context()
		for name, c := range map[string]struct {
			act func(p identity.Principal) error
			key string
		}{
			"a code of nobody": {func(p identity.Principal) error { return w.Confirm(ctx, w.person(), w.last().Code) }, "phone.code.over"},
			"no code":          {func(p identity.Principal) error { return w.Confirm(ctx, p, "") }, "phone.code.wrong"},
			"letters":          {func(p identity.Principal) error { return w.Confirm(ctx, p, "12345a") }, "phone.code.wrong"},
			"huge":             {func(p identity.Principal) error { return w.Confirm(ctx, p, strings.Repeat("1", 1<<20)) }, "phone.code.wrong"},
			"wrong":            {func(p identity.Principal) error { return w.Confirm(ctx, p, w.wrong()) }, "phone.code.wrong"},
			"too late":         {func(p identity.Principal) error { w.later(10 * time.Minute); return w.Confirm(ctx, p, w.last().Code) }, "phone.code.over"},
			"after the number left": {func(p identity.Principal) error {
				return errors.Join(w.Remove(ctx, p), w.Confirm(ctx, p, w.last().Code))
			}, "phone.code.over"},
			"an old code after a new": {func(p identity.Principal) error {
				old := w.last().Code
				for w.last().Code == old {
					w.later(time.Hour)
					w.ask(p, number)
				}
				return w.Confirm(ctx, p, old)
			}, "phone.code.wrong"},
			"right after five wrong": {func(p identity.Principal) error {
				for range 5 {
					if err := w.Confirm(ctx, p, w.wrong()); key(err) != "phone.code.wrong" {
						return err
					}
				}
				return w.Confirm(ctx, p, w.last().Code)
			}, "phone.code.over"},
		} {
			p := w.person()
			w.later(25 * time.Hour)
			w.ask(p, number)
			if err := c.act(p); key(err) != c.key || strings.Contains(err.Error(), w.last().Code) {
				t.Errorf("%s: %v", name, err)
			}
			if st, err := w.Of(ctx, p); err != nil || st.Number != "" {
				t.Errorf("%s proved the number: %v", name, err)
			}
		}
	})
}

// Fifty guesses at once are five.
func TestConfirm_atOnce(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w := newWorld(t, b)
		p := w.person()
		w.ask(p, number)
		var wg sync.WaitGroup
		var mu sync.Mutex
		seen := map[string]int{}
		for range 50 {
			wg.Go(func() {
				err := w.Confirm(context.Background(), p, w.wrong())
				mu.Lock()
				seen[key(err)]++
				mu.Unlock()
			})
		}
		wg.Wait()
		if seen["phone.code.wrong"] != 5 || seen["phone.code.over"] != 45 {
			t.Errorf("%v", seen)
		}
		// The right code at once in two windows proves the number once.
		w.later(time.Hour)
		w.ask(p, number)
		right := 0
		for range 8 {
			wg.Go(func() {
				if w.Confirm(context.Background(), p, w.last().Code) == nil {
					mu.Lock()
					right++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if right != 1 {
			t.Errorf("taken %d times", right)
		}
	})
}

func TestAsk_limits(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), t.Context()
		p := w.person()
		w.ask(p, number)
		err := w.Ask(ctx, p, number, here)
		if wait, _ := fault.Of(err).Args["wait"].(time.Duration); key(err) != "phone.wait" || !fault.Is(err, fault.TooMany) || wait != time.Minute {
			t.Errorf("a second at once: %v", err)
		}
		w.later(time.Minute)
		w.ask(p, number)
		for range 3 {
			w.later(2 * time.Minute)
			w.ask(p, "+65 9123 4567")
		}
		w.later(2 * time.Minute)
		if err := w.Ask(ctx, p, "+1 415 555 0123", here); key(err) != "phone.wait" {
			t.Errorf("a sixth in the hour: %v", err)
		}
		// Other people cannot flood a telephone.
		for range 3 {
			w.ask(w.person(), number)
		}
		if err := w.Ask(ctx, w.person(), number, identity.Device{IP: "198.51.100.1"}); key(err) != "phone.wait" {
			t.Errorf("a sixth to one number: %v", err)
		}
		w.later(25 * time.Hour)
		w.ask(w.person(), number)
		// One network cannot run up the bill.
		w.later(2 * time.Hour)
		for i := range 20 {
			w.ask(w.person(), "+65 9123 45"+string(rune('0'+i/10))+string(rune('0'+i%10)))
		}
		if err := w.Ask(ctx, w.person(), "+65 9123 4599", here); key(err) != "phone.wait" {
			t.Errorf("the 21st of a network: %v", err)
		}
		if err := w.Ask(ctx, w.person(), "+65 9123 4599", identity.Device{IP: "198.51.100.1"}); err != nil {
			t.Errorf("another network: %v", err)
		}
	})
}

// Many askings of one person at once are one code.
func TestAsk_atOnce(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w := newWorld(t, b)
		p := w.person()
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() { _ = w.Ask(context.Background(), p, number, here) })
		}
		wg.Wait()
		if len(w.sent) != 1 {
			t.Errorf("%d codes went out", len(w.sent))
		}
	})
}

// What the sender cannot do is told, and its code proves nothing.
func TestAsk_senderFails(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), t.Context()
		for want, broken := range map[string]error{
			"phone.unsent":         fault.New(fault.Unavailable, "x", "sms.unavailable"),
			"phone.number.refused": fault.New(fault.Invalid, "x", "sms.refused"),
		} {
			p := w.person()
			w.broken = broken
			if err := w.Ask(ctx, p, number, here); key(err) != want {
				t.Errorf("%v", err)
			}
			if st, err := w.Of(ctx, p); err != nil || st.Waiting != "" {
				t.Errorf("%+v waits, %v", st, err)
			}
		}
	})
}

// Neither number nor code is readable in the database, and a day later the codes
// are gone.
func TestStored_nothingReadable(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), t.Context()
		p := w.person()
		w.ask(p, number)
		if err := w.Confirm(ctx, p, w.last().Code); err != nil {
			t.Fatal(err)
		}
		rows := func() (out []string) {
			for _, q := range []string{"SELECT number, number FROM phones WHERE tenant_id = $1", "SELECT number, digest FROM phone_codes WHERE tenant_id = $1"} {
				err := b.DB.Read(ctx, p.HomeScope("security"), func(tx *store.Tx) error {
					r, err := tx.Query(ctx, q, tx.Tenant())
					if err != nil {
						return err
					}
					defer r.Close()
					for r.Next() {
						var x, y []byte
						if err := r.Scan(&x, &y); err != nil {
							return err
						}
						out = append(out, string(x)+string(y))
					}
					return r.Err()
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			return out
		}
		all := rows()
		if len(all) != 2 {
			t.Fatalf("%d rows", len(all))
		}
		for _, r := range all {
			if strings.Contains(r, "812") && strings.Contains(r, "7890") || strings.Contains(r, w.last().Code) {
				t.Errorf("readable: %q", r)
			}
		}
		w.later(25 * time.Hour)
		if err := w.Clean(ctx, "ctt"); err != nil {
			t.Fatal(err)
		}
		if all = rows(); len(all) != 1 {
			t.Errorf("%d rows are left, want the number alone", len(all))
		}
	})
}

func TestTexts_complete(t *testing.T) {
	t.Parallel()
	c := webtest.Catalog(t, phone.Texts())
	for _, k := range append(c.Keys(i18n.ID), c.Keys(i18n.EN)...) {
		if strings.HasPrefix(k, "phone.") && (!c.Has(i18n.EN, k) || !c.Has(i18n.ID, k)) {
			t.Errorf("%s is not there in both languages", k)
		}
	}
}
