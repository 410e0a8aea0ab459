package app

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"amanah/internal/clock"
	"amanah/internal/config"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/identity/phone"
	"amanah/internal/privacy/transfer"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// started builds the program over a fresh folder, with a configuration's text.
// started opens a program of CTT alone, or of the services named.
func started(t *testing.T, text string, services ...string) *App {
	t.Helper()
	return decided(t, undecided(t, text, services...))
}

// undecided is started without the decision on the impact assessments.
func undecided(t *testing.T, text string, services ...string) *App {
	t.Helper()
	if len(services) == 0 {
		services = []string{"ctt"}
	}
	cfg, err := config.Parse("c.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	cfg.Data, cfg.Services = t.TempDir(), services
	if err := cfg.Finish(); err != nil {
		t.Fatal(err)
	}
	a, err := New(t.Context(), cfg, Options{Getenv: os.Getenv, Clock: clock.NewManual(at), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

// A code goes to the operator's gateway and nowhere else, through the door: the
// record has the transfer, with its category and without the number.
func TestPhone_throughTheDoor(t *testing.T) {
	t.Parallel()
	var got string
	gateway := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got = r.Header.Get("Authorization") + string(b)
	}))
	defer gateway.Close()
	a := started(t, "phone: {sender: sms, url: \""+gateway.URL+"/send\", headers: {Authorization: \"Key {token}\"}, body: {to: \"{digits}\", text: \"{text}\"}}")
	a.cfg.Phone.Token = "secret"
	who, workspace, err := a.identity.Provision(t.Context(), "ctt", identity.SignUp{Kind: tenant.Person, Name: "Rina Maharani", Email: "rina.maharani@example.com",
		Password: "jeruk nipis di teras", Age: true, Accept: true, Device: identity.Device{Lang: "id"}})
	if err != nil {
		t.Fatal(err)
	}
	p := identity.Principal{Service: "ctt", Home: tenant.HomeOf("ctt"), Subject: who, Workspace: workspace, Lang: "id"}
	if err := a.phone.Ask(t.Context(), p, "0812 3456 7890", identity.Device{IP: "203.0.113.7"}); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(got, `Key secret{`) || !strings.Contains(got, `"to":"6281234567890"`) || !strings.Contains(got, "kode verifikasi CTT") {
		t.Errorf("the gateway got %q", got)
	}
	home := a.scope("ctt", id.Tenant{})
	home.Purpose = transfer.Purpose
	err = a.db.Read(t.Context(), home, func(tx *store.Tx) error {
		sums, err := transfer.Of(t.Context(), tx, who)
		if err != nil {
			return err
		}
		for _, s := range sums {
			if s.Recipient == "phone-code" && s.Purpose == "security" && strings.Join(s.Categories, " ") == "account.phone" && s.Count == 1 {
				return nil
			}
		}
		t.Errorf("the record: %+v", sums)
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	// The gateway of another address is not reached, whatever the sender thinks.
	a.cfg.Phone.URL = strings.Replace(gateway.URL, "127.0.0.1", "127.0.0.2", 1)
	got = ""
	err = codes{a}.SendCode(t.Context(), phone.Message{Number: "+6281234567890", Code: "1", Service: "ctt", Home: p.Home, Person: who})
	if err == nil || got != "" {
		t.Errorf("it went to another host: %v", err)
	}
}

// Without a gateway the codes lie in the outbox, and go with the person.
func TestPhone_outbox(t *testing.T) {
	t.Parallel()
	a := started(t, "")
	who := id.Subject{7}
	if err := (codes{a}).SendCode(t.Context(), phone.Message{Number: "+6281234567890", Code: "042917", Text: "042917 adalah kode", Service: "ctt", Person: who}); err != nil {
		t.Fatal(err)
	}
	if a.texted().Last(who) != "042917 adalah kode" {
		t.Error("no message in the outbox")
	}
	if _, err := a.files().DeleteFiles(t.Context(), tenant.HomeOf("ctt"), who); err != nil || a.texted().Last(who) != "" {
		t.Errorf("it stays after the person went: %v", err)
	}
}
