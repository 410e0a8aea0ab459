package identity_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"amanah/internal/identity"
	"amanah/internal/store/storetest"
)

func TestUnusual(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, w := context.Background(), newWorld(t, b)
		ticket, _ := w.member("ctt", rina)
		for name, d := range map[string]identity.Device{
			"the same network":  {IP: "203.0.113.250", Agent: phone.Agent},
			"a newer browser":   {IP: phone.IP, Agent: strings.Replace(phone.Agent, "140.0", "152.0", 1)},
			"the very same one": phone,
		} {
			if _, err := w.SignIn(ctx, "ctt", rina, password, d); err != nil {
				t.Fatal(err)
			}
			if w.recorded("signin.unusual") {
				t.Fatalf("%s is unusual", name)
			}
		}
		strange := identity.Device{IP: "198.51.100.77", Agent: "curl/8.5"}
		if _, err := w.SignIn(ctx, "ctt", rina, "bukan kata sandinya", strange); err == nil || w.recorded("signin.unusual") {
			t.Error("a wrong password is told as a sign-in")
		}
		if _, err := w.SignIn(ctx, "ctt", rina, password, strange); err != nil || !w.recorded("signin.unusual") {
			t.Fatalf("another device in another network is not noticed: %v", err)
		}
		letter := w.last(rina)
		if !strings.Contains(letter.Text, "198.51.100.x") || strings.Contains(letter.Text, strange.IP) || !strings.Contains(letter.Text, "curl") || !strings.Contains(letter.Text, "/account/sessions") {
			t.Errorf("the letter says %s", letter.Text)
		}
		n := len(w.letters(rina))
		if _, err := w.SignIn(ctx, "ctt", rina, password, strange); err != nil || len(w.letters(rina)) != n {
			t.Errorf("the second time from there is told again: %v", err)
		}
		token := letter.token(t)
		if err := w.Disowned(ctx, "ctt", token, phone); err != nil {
			t.Fatal(err)
		}
		if err := w.Disown(ctx, "ctt", token, phone); err != nil {
			t.Fatal(err)
		}
		if err := w.Disown(ctx, "ctt", token, phone); key(err) != "identity.token.wrong" {
			t.Errorf("the link works twice: %v", err)
		}
		if _, err := w.Resolve(ctx, "ctt", ticket.Token); err == nil {
			t.Error("a session outlives the owner's word that it was not them")
		}
		if _, err := w.SignIn(ctx, "ctt", rina, password, strange); key(err) != "identity.signin.wrong" {
			t.Errorf("the password that somebody knows still opens: %v", err)
		}
		if err := w.Reset(ctx, "ctt", w.last(rina).token(t), "kata sandi yang baru", phone); err != nil {
			t.Errorf("the owner gets no way back: %v", err)
		}
	})
}

func TestNewAddress(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, w := context.Background(), newWorld(t, b)
		_, p := w.member("ctt", rina)
		w.member("ctt", dewi)
		if err := w.AskAddress(ctx, p, rina, phone); key(err) != "identity.address.same" {
			t.Errorf("the present address: %v", err)
		}
		if err := w.AskAddress(ctx, p, dewi, phone); err != nil {
			t.Errorf("a taken address is told: %v", err)
		}
		if l := w.last(dewi); strings.Contains(l.Text, "/address") {
			t.Error("the link to take over an address goes to another account's owner")
		}
		const fresh = "rina.baru@example.com"
		if err := w.AskAddress(ctx, p, fresh, phone); err != nil {
			t.Fatal(err)
		}
		if who, _, _ := w.Find(ctx, "ctt", rina); who != p.Subject {
			t.Error("the address changed before it was proven")
		}
		token := w.last(fresh).token(t)
		if err := w.NewAddress(ctx, "ctt", token, phone); err != nil {
			t.Fatal(err)
		}
		if err := w.NewAddress(ctx, "ctt", token, phone); key(err) != "identity.token.wrong" {
			t.Errorf("the link works twice: %v", err)
		}
		if who, found, _ := w.Find(ctx, "ctt", fresh); !found || who != p.Subject {
			t.Error("the new address is not the account's")
		}
		if _, found, _ := w.Find(ctx, "ctt", rina); found {
			t.Error("the old address still is")
		}
		if !strings.Contains(w.last(rina).Text, "alamat lain") {
			t.Error("the old address was not told")
		}
	})
}

func TestAbandoned(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, w := context.Background(), newWorld(t, b)
		_, p := w.member("ctt", rina)
		if err := w.SignUp(ctx, "ctt", form(dewi)); err != nil {
			t.Fatal(err)
		}
		waiting, _, err := w.Find(ctx, "ctt", dewi)
		if err != nil {
			t.Fatal(err)
		}
		if proven, err := w.Proven(ctx, "ctt", waiting); proven || err != nil {
			t.Errorf("proven: %v, %v", proven, err)
		}
		if proven, err := w.Proven(ctx, "ctt", p.Subject); !proven || err != nil {
			t.Errorf("not proven: %v, %v", proven, err)
		}
		b.Manual().Add(6 * 24 * time.Hour)
		if gone, err := w.Abandoned(ctx, "ctt"); len(gone) != 0 || err != nil {
			t.Errorf("within the week: %v, %v", gone, err)
		}
		b.Manual().Add(25 * time.Hour)
		if gone, err := w.Abandoned(ctx, "ctt"); len(gone) != 1 || gone[0] != waiting || err != nil {
			t.Errorf("after it: %v, %v", gone, err)
		}
	})
}
