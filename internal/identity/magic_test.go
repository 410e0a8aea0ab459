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
	"amanah/internal/store"
	"amanah/internal/store/storetest"
)

// withLinks is a world whose CTT lets people in by a mailed link.
func withLinks(t *testing.T, b *storetest.Bundle) *world {
	w := newWorld(t, b)
	w.cfg.Links = []string{"ctt"}
	w.Service = w.node()
	return w
}

var (
	mine   = strings.Repeat("A", 43)
	theirs = strings.Repeat("B", 43)
)

// link asks for a link and gives its token.
func (w *world) linkFor(email, browser string) string {
	w.t.Helper()
	if err := w.AskLink(context.Background(), "ctt", email, browser, phone); err != nil {
		w.t.Fatal(err)
	}
	return w.last(email).token(w.t)
}

func TestLink_opensOnceInItsBrowser(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := withLinks(t, b), t.Context()
		w.member("ctt", rina)
		token := w.linkFor(rina, mine)
		for name, browser := range map[string]string{"another browser": theirs, "no browser": "", "an odd browser": "x"} {
			if _, err := w.EnterByLink(ctx, "ctt", token, browser, phone); key(err) != "identity.token.wrong" {
				t.Errorf("%s: %v", name, err)
			}
		}
		ticket, err := w.EnterByLink(ctx, "ctt", token, mine, phone)
		if err != nil {
			t.Fatal(err)
		}
		if p, err := w.Resolve(ctx, "ctt", ticket.Token); err != nil || p.Email != rina {
			t.Errorf("%+v, %v", p, err)
		}
		if _, err := w.EnterByLink(ctx, "ctt", token, mine, phone); key(err) != "identity.token.wrong" {
			t.Errorf("a second time: %v", err)
		}
	})
}

func TestLink_ends(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := withLinks(t, b), t.Context()
		_, p := w.member("ctt", rina)
		for name, end := range map[string]func(){
			"after a quarter of an hour": func() { b.Manual().Add(15 * time.Minute) },
			"after a newer one":          func() { b.Manual().Add(24 * time.Hour); w.linkFor(rina, mine) },
			"after a new password": func() {
				if err := w.ChangePassword(ctx, p, password, password, phone); err != nil {
					t.Fatal(err)
				}
			},
		} {
			b.Manual().Add(25 * time.Hour)
			token := w.linkFor(rina, mine)
			end()
			if _, err := w.EnterByLink(ctx, "ctt", token, mine, phone); key(err) != "identity.token.wrong" {
				t.Errorf("%s: %v", name, err)
			}
		}
		b.Manual().Add(25 * time.Hour)
		token := w.linkFor(rina, mine)
		if err := b.DB.Write(ctx, p.HomeScope("rights"), func(tx *store.Tx) error { return identity.CloseAccount(ctx, tx, p.Subject) }); err != nil {
			t.Fatal(err)
		}
		if _, err := w.EnterByLink(ctx, "ctt", token, mine, phone); key(err) != "identity.token.wrong" {
			t.Errorf("after the account was closed: %v", err)
		}
	})
}

// Of many at the same moment one gets in.
func TestLink_atOnce(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w := withLinks(t, b)
		w.member("ctt", rina)
		token := w.linkFor(rina, mine)
		var wg sync.WaitGroup
		var mu sync.Mutex
		in := 0
		for range 10 {
			wg.Go(func() {
				if _, err := w.EnterByLink(context.Background(), "ctt", token, mine, phone); err == nil {
					mu.Lock()
					in++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if in != 1 {
			t.Errorf("%d got in", in)
		}
	})
}

// Whoever has not proven the address gets the letter that proves it, and a
// service that does not offer links has none.
func TestLink_refuses(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := withLinks(t, b), t.Context()
		if err := w.SignUp(ctx, "ctt", form(rina)); err != nil {
			t.Fatal(err)
		}
		token := w.linkFor(rina, mine)
		if strings.Contains(w.last(rina).Text, "/signin/link/open") {
			t.Error("an address that is not proven got a link that signs in")
		}
		if _, err := w.EnterByLink(ctx, "ctt", token, mine, phone); key(err) != "identity.token.wrong" {
			t.Errorf("the letter's token as a link: %v", err)
		}
		if err := w.AskLink(ctx, "jagacash", rina, mine, phone); !fault.Is(err, fault.NotFound) {
			t.Errorf("not offered: %v", err)
		}
		if err := w.AskLink(ctx, "ctt", "no address", mine, phone); fault.Of(err).Field != "email" {
			t.Errorf("no address: %v", err)
		}
		n := 0
		for range 10 {
			if err := w.AskLink(ctx, "ctt", dewi, mine, phone); fault.Is(err, fault.TooMany) {
				n++
			}
		}
		if n == 0 {
			t.Error("ten links in a row to one address")
		}
	})
}

// Through the pages: the answer says nothing about the address, opening uses
// nothing up, another browser is told kindly.
func TestLink_pages(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w := withLinks(t, b)
		w.member("ctt", rina)
		br := w.browser("id")
		if !strings.Contains(br.page("/ctt/signin", http.StatusOK), `href="/ctt/signin/link"`) {
			t.Error("the sign-in page does not offer it")
		}
		br.page("/ctt/signin/link", http.StatusOK)
		to, _ := br.post("/ctt/signin/link", url.Values{"email": {rina}}, http.StatusSeeOther)
		stranger := w.browser("id")
		to2, _ := stranger.post("/ctt/signin/link", url.Values{"email": {"siapa@example.com"}}, http.StatusSeeOther)
		if to != "/ctt/signin/link/sent" || to2 != to || len(br.cookies) != len(stranger.cookies) {
			t.Errorf("%s and %s, %v and %v", to, to2, br.cookies, stranger.cookies)
		}
		if c := br.cookies["link"]; c == nil || !c.HttpOnly || c.MaxAge != 900 {
			t.Errorf("the cookie: %v", c)
		}
		br.page(to, http.StatusOK)
		path := "/ctt/signin/link/open?token=" + w.last(rina).token(t)
		scanner := w.browser("en")
		for range 3 { // a scanner of mail opens and presses
			if body := scanner.page(path, http.StatusOK); !strings.Contains(body, "only in the browser in which you asked") {
				t.Errorf("another browser is told: %s", body)
			}
			scanner.post("/ctt/signin/link/open", url.Values{"token": {w.last(rina).token(t)}}, http.StatusOK)
		}
		stranger.page(path, http.StatusOK)
		stranger.post("/ctt/signin/link/open", url.Values{"token": {w.last(rina).token(t)}}, http.StatusNotFound)
		br.page(path, http.StatusOK)
		br.page(path, http.StatusOK)
		if to, _ := br.post("/ctt/signin/link/open", url.Values{"token": {w.last(rina).token(t)}}, http.StatusSeeOther); to != "/ctt/" {
			t.Errorf("leads to %s", to)
		}
		br.page("/ctt/account", http.StatusOK)
		if br.cookies["link"] != nil {
			t.Error("the cookie stays")
		}
	})
}

// An account without a password: made with every declaration, entered by another
// way, and never by a password.
func TestSignUpProven(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), t.Context()
		in := form(rina)
		in.Password = ""
		linked := func(context.Context, *store.Tx, id.Subject) error { return nil }
		for name, f := range map[string]func(*identity.SignUp){"age": func(s *identity.SignUp) { s.Age = false }, "accept": func(s *identity.SignUp) { s.Accept = false }, "name": func(s *identity.SignUp) { s.Name = "" }} {
			bad := in
			f(&bad)
			if _, err := w.SignUpProven(ctx, "ctt", bad, linked); len(faults(err)) != 1 || faults(err)[0].Field != name {
				t.Errorf("without %s: %v", name, err)
			}
		}
		broken := fault.New(fault.Conflict, "x", "taken")
		if _, err := w.SignUpProven(ctx, "ctt", in, func(context.Context, *store.Tx, id.Subject) error { return broken }); key(err) != "taken" {
			t.Errorf("%v", err)
		}
		who, err := w.SignUpProven(ctx, "ctt", in, linked)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.SignUpProven(ctx, "ctt", in, linked); !fault.Is(err, fault.Conflict) {
			t.Errorf("twice: %v", err)
		}
		ticket, err := w.Enter(ctx, "ctt", who, identity.ByGoogle, phone)
		if err != nil {
			t.Fatal(err)
		}
		p, err := w.Resolve(ctx, "ctt", ticket.Token)
		if err != nil {
			t.Fatal(err)
		}
		if has, err := w.HasPassword(ctx, p); has || err != nil {
			t.Errorf("it has a password: %v", err)
		}
		for _, guess := range []string{"", password} {
			if _, err := w.SignIn(ctx, "ctt", rina, guess, phone); key(err) != "identity.signin.wrong" {
				t.Errorf("a password opens it: %v", err)
			}
		}
		// The letter that resets one gives it one.
		if err := w.AskReset(ctx, "ctt", rina, phone); err != nil {
			t.Fatal(err)
		}
		if err := w.Reset(ctx, "ctt", w.last(rina).token(t), password, phone); err != nil {
			t.Fatal(err)
		}
		if _, err := w.SignIn(ctx, "ctt", rina, password, phone); err != nil {
			t.Errorf("%v", err)
		}
	})
}
