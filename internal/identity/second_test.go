package identity_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/identity/factor"
	"amanah/internal/identity/factor/factortest"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/tenant"
)

// guarded is a world whose notice asks owners for a second factor.
func guarded(t *testing.T, b *storetest.Bundle) *world {
	t.Helper()
	w := newWorld(t, b)
	w.cfg.Required = func(slug string, role tenant.Role, staff bool) bool {
		return slug == "ctt" && (staff || role == tenant.Owner)
	}
	w.Service = w.node()
	return w
}

// half signs in by password and gives the half session.
func (w *world) half(email string) (identity.Ticket, identity.Principal) {
	w.t.Helper()
	ticket, err := w.SignIn(context.Background(), "ctt", email, password, phone)
	if err != nil {
		w.t.Fatal(err)
	}
	p, err := w.Half(context.Background(), "ctt", ticket.Session)
	if err != nil {
		w.t.Fatal(err)
	}
	return ticket, p
}

// owner signs up, proves the address and sets an app up.
func (w *world) owner(email string) (secret string, codes []string, p identity.Principal) {
	w.t.Helper()
	ctx := context.Background()
	if err := w.SignUp(ctx, "ctt", form(email)); err != nil {
		w.t.Fatal(err)
	}
	ticket, err := w.Verify(ctx, "ctt", w.last(email).token(w.t), password, phone)
	if err != nil || ticket.Step != identity.StepEnrol {
		w.t.Fatalf("the first session: %+v, %v", ticket, err)
	}
	if p, err = w.Half(ctx, "ctt", ticket.Session); err != nil {
		w.t.Fatal(err)
	}
	if secret, err = w.BeginApp(ctx, p); err != nil {
		w.t.Fatal(err)
	}
	added, err := w.AddApp(ctx, p, factortest.Code(w.t, secret, w.b.Clock.Now()), phone)
	if err != nil || len(added.Codes) != 10 {
		w.t.Fatalf("setting the app up: %d codes, %v", len(added.Codes), err)
	}
	if p, err = w.Resolve(ctx, "ctt", added.Token); err != nil {
		w.t.Fatal(err)
	}
	w.b.Manual().Add(2 * time.Minute)
	return secret, added.Codes, p
}

func (w *world) code(secret string) identity.Proof {
	return identity.Proof{Code: factortest.Code(w.t, secret, w.b.Clock.Now())}
}

func TestSecond(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, w := context.Background(), guarded(t, b)
		secret, codes, _ := w.owner(rina)
		hers, _, _ := w.owner(dewi)
		ticket, p := w.half(rina)
		if ticket.Step != identity.StepSecond || p.Step != identity.StepSecond {
			t.Fatalf("the password alone gives %+v", ticket)
		}
		if got, err := w.Resolve(ctx, "ctt", ticket.Token); key(err) != "identity.second.missing" || !fault.Is(err, fault.Unauthorized) || got != (identity.Principal{}) {
			t.Errorf("a half session resolves: %+v, %v", got, err)
		}
		for name, proof := range map[string]identity.Proof{
			"nothing": {}, "another account's code": w.code(hers), "junk": {Code: strings.Repeat("9", 5000)}, "the password again": {Password: password},
		} {
			if _, err := w.Second(ctx, p, proof, phone); err == nil {
				t.Errorf("%s completes the sign-in", name)
			}
		}
		whole, err := w.Second(ctx, p, w.code(secret), phone)
		if err != nil {
			t.Fatal(err)
		}
		if whole.Token == ticket.Token {
			t.Error("the half session's token is that of the whole one")
		}
		if _, err := w.Resolve(ctx, "ctt", ticket.Token); !fault.Is(err, fault.Unauthorized) {
			t.Errorf("the half session's token still opens: %v", err)
		}
		if got, err := w.Resolve(ctx, "ctt", whole.Token); err != nil || got.Subject != p.Subject {
			t.Errorf("the whole session: %+v, %v", got, err)
		}
		_, again := w.half(rina)
		if _, err := w.Second(ctx, again, w.code(secret), phone); key(err) != "identity.second.wrong" {
			t.Errorf("a replayed code: %v", err)
		}
		if _, err := w.Second(ctx, again, identity.Proof{Code: codes[0]}, phone); err != nil {
			t.Errorf("a recovery code: %v", err)
		}
		if _, err := w.Second(ctx, again, identity.Proof{Code: codes[1]}, phone); !fault.Is(err, fault.Unauthorized) {
			t.Error("a session is completed twice by its half principal")
		}
		_, third := w.half(rina)
		if _, err := w.Second(ctx, third, identity.Proof{Code: codes[0]}, phone); key(err) != "identity.second.wrong" {
			t.Errorf("a recovery code a second time: %v", err)
		}
	})
}

// Of one recovery code in many half sessions at once, one is completed.
func TestSecond_recoveryCodeAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, w := context.Background(), guarded(t, b)
		_, codes, _ := w.owner(rina)
		var people []identity.Principal
		for range 4 {
			_, p := w.half(rina)
			people = append(people, p)
		}
		var all sync.WaitGroup
		results := make([]error, len(people))
		for i, p := range people {
			all.Go(func() { _, results[i] = w.Second(ctx, p, identity.Proof{Code: codes[0]}, phone) })
		}
		all.Wait()
		passed := 0
		for _, err := range results {
			if err == nil {
				passed++
			} else if key(err) != "identity.second.wrong" {
				t.Error(err)
			}
		}
		if passed != 1 {
			t.Errorf("the code completes %d sessions", passed)
		}
	})
}

func TestSecond_waitGrows(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, w := context.Background(), guarded(t, b)
		secret, _, _ := w.owner(rina)
		_, p := w.half(rina)
		tried := 0
		for range 30 {
			_, err := w.Second(ctx, p, identity.Proof{Code: "000000"}, identity.Device{IP: "198.51.100.9"})
			if fault.Is(err, fault.TooMany) {
				break
			}
			tried++
		}
		if tried > 6 {
			t.Errorf("%d codes can be tried at once", tried)
		}
		if _, err := w.Second(ctx, p, w.code(secret), phone); !fault.Is(err, fault.TooMany) {
			t.Errorf("the right code within the wait: %v", err)
		}
		b.Manual().Add(time.Minute)
		_, p = w.half(rina)
		if _, err := w.Second(ctx, p, w.code(secret), phone); err != nil {
			t.Errorf("the right code after the wait: %v", err)
		}
	})
}

// Whoever has the mailbox and resets the password still lacks the second step.
func TestReset_leavesTheSecondStep(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, w := context.Background(), guarded(t, b)
		_, _, _ = w.owner(rina)
		w.Close() // the letter about the factor is out
		if err := w.AskReset(ctx, "ctt", rina, phone); err != nil {
			t.Fatal(err)
		}
		if err := w.Reset(ctx, "ctt", w.last(rina).token(t), "kata sandi yang baru", phone); err != nil {
			t.Fatal(err)
		}
		ticket, err := w.SignIn(ctx, "ctt", rina, "kata sandi yang baru", phone)
		if err != nil || ticket.Step != identity.StepSecond {
			t.Fatalf("%+v, %v", ticket, err)
		}
		for _, how := range []identity.Method{identity.ByGoogle, identity.ByMagic, identity.ByPassword} {
			if ticket, err := w.Enter(ctx, "ctt", ticket.Subject, how, phone); err != nil || ticket.Step != identity.StepSecond {
				t.Errorf("%s alone gives %+v, %v", how, ticket, err)
			}
		}
		if ticket, err := w.Enter(ctx, "ctt", ticket.Subject, identity.ByPasskey, phone); err != nil || ticket.Step != identity.StepNone {
			t.Errorf("a passkey gives %+v, %v", ticket, err)
		}
	})
}

func TestFactors_change(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, w := context.Background(), guarded(t, b)
		secret, codes, p := w.owner(rina)
		if err := w.RemoveApp(ctx, p); key(err) != "identity.factor.last" {
			t.Errorf("the last factor that is asked for goes: %v", err)
		}
		b.Manual().Add(11 * time.Minute)
		for name, err := range map[string]error{
			"an app goes": w.RemoveApp(ctx, p), "codes": second(w.NewCodes(ctx, p)), "a new app": second(w.BeginApp(ctx, p)),
			"a key goes": w.RemovePasskey(ctx, p, b.IDs.New()), "another address": w.AskAddress(ctx, p, "baru@example.com", phone),
		} {
			if key(err) != "identity.confirm.needed" {
				t.Errorf("%s long after the last proof: %v", name, err)
			}
		}
		if err := w.Refresh(ctx, p, identity.Proof{Password: "salah sekali ini"}, phone); key(err) != "identity.current.wrong" {
			t.Errorf("a wrong password refreshes: %v", err)
		}
		if err := w.Refresh(ctx, p, w.code(secret), phone); err != nil {
			t.Fatal(err)
		}
		p, err := w.again(p)
		if err != nil {
			t.Fatal(err)
		}
		fresh, err := w.NewCodes(ctx, p)
		if err != nil || len(fresh) != 10 {
			t.Fatal(fresh, err)
		}
		_, halfway := w.half(rina)
		if _, err := w.Second(ctx, halfway, identity.Proof{Code: codes[5]}, phone); key(err) != "identity.second.wrong" {
			t.Errorf("a code from before the new ones: %v", err)
		}
		if _, err := w.NewCodes(ctx, halfway); err == nil {
			t.Error("a half session makes codes")
		}
		if n := len(w.letters(rina)); n < 2 || !strings.Contains(w.last(rina).Text, "faktor kedua") {
			t.Errorf("%d letters; nobody was told of the factor", n)
		}
		home := store.Scope{Tenant: p.Home, Home: p.Home, Service: "ctt", Actor: store.Actor{Kind: "operator"}, Purpose: "security"}
		if err := w.Unfactor(ctx, home, id.Subject(b.IDs.New())); !fault.Is(err, fault.NotFound) {
			t.Errorf("nobody's factors are removed: %v", err)
		}
		if err := w.Unfactor(ctx, home, p.Subject); err != nil {
			t.Fatal(err)
		}
		if _, err := w.again(p); err == nil {
			t.Error("a session outlives the removal of the factors")
		}
		if ticket, _ := w.half(rina); ticket.Step != identity.StepEnrol {
			t.Errorf("after the operator's removal: %+v", ticket)
		}
		if !w.recorded("factor.reset") || !strings.Contains(w.last(rina).Text, "pengelola") {
			t.Error("the removal is not recorded, or not told")
		}
	})
}

func second[T any](_ T, err error) error { return err }

// again looks a session up by its number.
func (w *world) again(p identity.Principal) (got identity.Principal, err error) {
	ctx := context.Background()
	err = w.b.Read(ctx, p.HomeScope("security"), func(tx *store.Tx) error {
		got, err = w.OfSession(ctx, tx, p.Service, p.Session)
		return err
	})
	return got, err
}

// A factor that is added on one device makes the others show it.
func TestAddPasskey_otherSessionsBecomeHalf(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, w := context.Background(), newWorld(t, b)
		first, _ := w.member("ctt", rina)
		ticket, err := w.SignIn(ctx, "ctt", rina, password, phone)
		if err != nil {
			t.Fatal(err)
		}
		p, err := w.Resolve(ctx, "ctt", ticket.Token)
		if err != nil {
			t.Fatal(err)
		}
		site, _, err := factor.NewSite("CTT", "https://example.co.id/ctt")
		if err != nil {
			t.Fatal(err)
		}
		device := factortest.New(t, "https://example.co.id", "example.co.id")
		question, err := w.AskPasskey(ctx, p, site, factor.ForNew)
		if err != nil {
			t.Fatal(err)
		}
		answer := device.Create(t, question)
		added, err := w.AddPasskey(ctx, p, site, "Ponsel", answer)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Resolve(ctx, "ctt", first.Token); key(err) != "identity.second.missing" {
			t.Errorf("the other session: %v", err)
		}
		if p, err = w.Resolve(ctx, "ctt", added.Token); err != nil {
			t.Fatal(err)
		}
		if _, err := w.AddPasskey(ctx, p, site, "Ponsel", answer); key(err) != "identity.passkey.wrong" {
			t.Errorf("the answer again: %v", err)
		}
		if question, err = w.AskSignIn(ctx, "ctt", site, phone); err != nil {
			t.Fatal(err)
		}
		answer = device.Get(t, question)
		if in, err := w.SignInPasskey(ctx, "ctt", site, answer, phone); err != nil || in.Step != identity.StepNone {
			t.Errorf("signing in by the passkey: %+v, %v", in, err)
		}
		if _, err := w.SignInPasskey(ctx, "ctt", site, answer, phone); key(err) != "identity.passkey.wrong" {
			t.Errorf("the same answer again: %v", err)
		}
	})
}

// The pages of a half session lead to the second step and nowhere else.
func TestPages_halfSession(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w := guarded(t, b)
		secret, _, _ := w.owner(rina)
		br := w.browser("id")
		to, _ := br.post("/ctt/signin", url.Values{"email": {rina}, "password": {password}, "next": {"/ctt/books"}}, http.StatusSeeOther)
		if to != "/ctt/signin/second?next=%2Fctt%2Fbooks" {
			t.Fatalf("the password leads to %s", to)
		}
		page := br.page(to, http.StatusOK)
		if strings.Contains(page, "Rina") || strings.Contains(page, `id="c-demo"`) || strings.Contains(page, "demo") {
			t.Error("the page shows a name, or a code")
		}
		for _, path := range []string{"/ctt/books", "/ctt/account", "/ctt/account/sessions", "/ctt/account/security", "/ctt/account/security/app", "/ctt/account/security/passkey", "/ctt/account/confirm", "/ctt/account/log", "/ctt/account/members", "/ctt/signin", "/ctt/signin/secure"} {
			if got := br.do(http.MethodGet, path, nil).Header().Get("Location"); !strings.HasPrefix(got, "/ctt/signin/second") {
				t.Errorf("%s leads a half session to %q", path, got)
			}
		}
		for _, path := range []string{"/ctt/account/profile", "/ctt/account/password", "/ctt/account/address", "/ctt/account/sessions/end", "/ctt/account/security/app", "/ctt/account/security/codes", "/ctt/account/security/app/remove", "/ctt/account/security/passkey", "/ctt/account/security/passkey/ask", "/ctt/account/confirm"} {
			if got := br.do(http.MethodPost, path, url.Values{"session": {"all"}, "name": {"x"}}).Header().Get("Location"); !strings.HasPrefix(got, "/ctt/signin/second") {
				t.Errorf("POST %s leads a half session to %q", path, got)
			}
		}
		br.post("/ctt/signin/second", url.Values{"code": {"12345"}}, http.StatusUnprocessableEntity)
		if to, _ = br.post("/ctt/signin/second", url.Values{"code": {w.code(secret).Code}, "next": {"/ctt/books"}}, http.StatusSeeOther); to != "/ctt/books" {
			t.Errorf("the second step leads to %s", to)
		}
		br.page("/ctt/account/security", http.StatusOK)
		br.page("/ctt/account/sessions", http.StatusOK)
	})
}

// Nothing shows a code where the program is not the demo.
func TestDemo_only(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, w := context.Background(), guarded(t, b)
		secret, _, p := w.owner(rina)
		if code, err := w.DemoCode(ctx, p); !fault.Is(err, fault.Forbidden) || code != "" {
			t.Errorf("a code is shown outside of the demo: %q, %v", code, err)
		}
		if err := w.PlantDemo(ctx, "ctt", p.Subject, secret); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a known key is planted outside of the demo: %v", err)
		}
		w.cfg.Demo = true
		demo := w.node()
		code, err := demo.DemoCode(ctx, p)
		if err != nil || code != w.code(secret).Code {
			t.Errorf("the demo shows %q, %v", code, err)
		}
	})
}
