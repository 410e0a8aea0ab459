package federate_test

import (
	"net/http"
	"testing"
	"time"

	"amanah/internal/identity/federate"
	"amanah/test/peers"
)

const back = "http://127.0.0.1:1/ctt/oauth/google"

var us = peers.Client{ID: "amanah", Secret: "for tests on this machine", Redirects: []string{back}}

func client(t *testing.T, c federate.Config) *federate.Client {
	t.Helper()
	c.ClientID, c.Secret, c.Redirect = us.ID, us.Secret, back
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Client == nil {
		c.Client = http.DefaultClient
	}
	out, err := federate.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func ticket(t *testing.T, fill byte) federate.Ticket {
	t.Helper()
	out, err := federate.NewTicket(endless(fill))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

type endless byte

func (e endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(e)
	}
	return len(b), nil
}

// The strict provider: it refuses what is not asked for right, and so proves that
// PKCE, the redirect, the client's secret and the code are sent as they must be.
func TestFinish_strictProvider(t *testing.T) {
	t.Parallel()
	at := peers.OIDC(t, us, map[string]map[string]any{
		"rina": {"email": "rina.maharani@example.com", "email_verified": true, "name": "Rina Maharani"},
		"dewi": {"email": "dewi@example.com", "email_verified": false},
	})
	c := client(t, federate.Config{Issuer: at, Authorize: at + "/auth", Token: at + "/token", Keys: at + "/jwks"})
	for who, want := range map[string]federate.Identity{
		"rina": {Subject: "rina", Email: "rina.maharani@example.com", Verified: true, Name: "Rina Maharani"},
		"dewi": {Subject: "dewi", Email: "dewi@example.com"},
	} {
		mine := ticket(t, who[0])
		answer := peers.NewBrowser(t, back).Walk(c.Start(mine), map[string]string{"login": who, "password": "x"}).Query()
		if answer.Get("iss") != at {
			t.Errorf("the strict provider names itself %q", answer.Get("iss"))
		}
		if _, err := c.Finish(t.Context(), ticket(t, 'z'), answer); key(err) != "federate.state" {
			t.Errorf("another browser's answer: %v", err)
		}
		got, err := c.Finish(t.Context(), mine, answer)
		if err != nil || got != want {
			t.Errorf("%+v, %v", got, err)
		}
		if _, err := c.Finish(t.Context(), mine, answer); key(err) != "federate.refused" {
			t.Errorf("the code a second time: %v", err)
		}
	}
}

// A code that was stolen on its way is worth nothing without the verifier.
func TestFinish_stolenCode(t *testing.T) {
	t.Parallel()
	at := peers.OIDC(t, us, map[string]map[string]any{"rina": {"email": "rina.maharani@example.com", "email_verified": true}})
	c := client(t, federate.Config{Issuer: at, Authorize: at + "/auth", Token: at + "/token", Keys: at + "/jwks"})
	answer := peers.NewBrowser(t, back).Walk(c.Start(ticket(t, 1)), map[string]string{"login": "rina", "password": "x"}).Query()
	thief := ticket(t, 2)
	answer.Set("state", thief.State())
	if got, err := c.Finish(t.Context(), thief, answer); key(err) != "federate.refused" {
		t.Errorf("%+v, %v", got, err)
	}
}

// Google as another hand plays it.
func TestFinish_google(t *testing.T) {
	t.Parallel()
	at := peers.Google(t, us, map[string]any{"email": "rina.maharani@example.com", "name": "Rina Maharani"}, map[string]any{"email": "dewi@example.com", "name": "Dewi Anggraini"})
	c := client(t, federate.Config{Issuer: at, Authorize: at + "/o/oauth2/v2/auth", Token: at + "/oauth2/token", Keys: at + "/oauth2/v3/certs"})
	mine := ticket(t, 1)
	answer := peers.NewBrowser(t, back).Walk(c.Start(mine), map[string]string{"email": "dewi@example.com"}).Query()
	got, err := c.Finish(t.Context(), mine, answer)
	if err != nil || got.Subject == "" || got.Email != "dewi@example.com" || !got.Verified || got.Name != "Dewi Anggraini" {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := c.Finish(t.Context(), mine, answer); key(err) != "federate.refused" {
		t.Errorf("the code a second time: %v", err)
	}
}
