package identity_test

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"time"

	"amanah/internal/fault"
	"amanah/internal/identity"
	"amanah/internal/store/storetest"
)

// wait is how long a refusal asks to wait; 0 where it is none.
func wait(err error) time.Duration {
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != fault.TooMany {
		return 0
	}
	d, _ := f.Args["wait"].(time.Duration)
	return d
}

func TestGuesses_waitGrows(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), context.Background()
		w.member("ctt", rina)
		guess := func() error { _, err := w.SignIn(ctx, "ctt", rina, "salah lagi salah", phone); return err }
		for i := range 6 {
			if err := guess(); key(err) != "identity.signin.wrong" {
				t.Fatalf("guess %d: %v", i, err)
			}
		}
		for _, want := range []time.Duration{10 * time.Second, 20 * time.Second, 40 * time.Second, 80 * time.Second} {
			err := guess()
			if wait(err) != want {
				t.Fatalf("the wait is %v (%v), want %v", wait(err), err, want)
			}
			// Knocking while waiting makes it no longer; the right password waits too.
			if _, err := w.SignIn(ctx, "ctt", rina, password, phone); wait(err) != want {
				t.Errorf("the right password while waiting: %v", err)
			}
			b.Manual().Add(want)
			if err := guess(); key(err) != "identity.signin.wrong" {
				t.Fatalf("after the wait: %v", err)
			}
		}
		// The right password, in time, forgets all of it.
		b.Manual().Add(15 * time.Minute)
		if _, err := w.SignIn(ctx, "ctt", rina, password, phone); err != nil {
			t.Fatal(err)
		}
		for range 5 {
			if err := guess(); key(err) != "identity.signin.wrong" {
				t.Errorf("after a right one: %v", err)
			}
		}
	})
}

// Guesses from everywhere delay the owner, elsewhere, by a minute at most.
func TestGuesses_ownerGetsIn(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), context.Background()
		w.member("ctt", rina)
		for i := range 60 {
			d := identity.Device{IP: "198.51.100." + strconv.Itoa(i)}
			if _, err := w.SignIn(ctx, "ctt", rina, "salah lagi salah", d); wait(err) > time.Minute {
				t.Fatalf("guess %d from everywhere waits %v", i, wait(err))
			}
			b.Manual().Add(10 * time.Second)
		}
		b.Manual().Add(time.Minute)
		if _, err := w.SignIn(ctx, "ctt", rina, password, phone); err != nil {
			t.Errorf("the owner: %v", err)
		}
	})
}

// One network that tries many addresses is slowed; another one is not.
func TestGuesses_networkIsSlowed(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), context.Background()
		w.member("ctt", rina)
		bad := identity.Device{IP: "2001:db8:1:2::1"}
		for i := range 51 {
			if _, err := w.SignIn(ctx, "ctt", "orang"+strconv.Itoa(i)+"@example.com", password, bad); key(err) != "identity.signin.wrong" {
				t.Fatalf("try %d: %v", i, err)
			}
		}
		neighbour := identity.Device{IP: "2001:db8:1:2:ffff::9"}
		if _, err := w.SignIn(ctx, "ctt", "lain@example.com", password, neighbour); wait(err) == 0 {
			t.Errorf("the same /64 goes on: %v", err)
		}
		if _, err := w.SignIn(ctx, "ctt", rina, password, phone); err != nil {
			t.Errorf("another network: %v", err)
		}
		// Services count apart.
		if _, err := w.SignIn(ctx, "jagacash", rina, password, bad); key(err) != "identity.signin.wrong" {
			t.Errorf("another service: %v", err)
		}
	})
}

// Many guesses at the same moment count as many.
func TestGuesses_atOnce(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), context.Background()
		w.member("ctt", rina)
		far, errs := w.node(), make(chan error)
		for i := range 20 {
			s := w.Service
			if i%2 == 1 {
				s = far
			}
			go func() { _, err := s.SignIn(ctx, "ctt", rina, "salah lagi salah", phone); errs <- err }()
		}
		tried := 0
		for range 20 {
			if err := <-errs; key(err) == "identity.signin.wrong" {
				tried++
			} else if wait(err) == 0 {
				t.Errorf("unexpected %v", err)
			}
		}
		if tried != 6 {
			t.Errorf("%d guesses got through at once, want 6", tried)
		}
	})
}

// Mails to one address are bounded, whether it has an account or not, and both
// are refused alike.
func TestAsks_areBounded(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), context.Background()
		if _, _, err := w.Provision(ctx, "ctt", form(rina)); err != nil {
			t.Fatal(err)
		}
		for _, to := range []string{rina, dewi} {
			n := 0
			for n < 20 && w.AskReset(ctx, "ctt", to, identity.Device{IP: "198.51.100.1"}) == nil {
				n++
			}
			if n != 5 {
				t.Errorf("%d requests passed, want 5", n)
			}
		}
		if n := len(w.letters(rina)); n != 5 {
			t.Errorf("%d letters", n)
		}
		if n := len(w.letters(dewi)); n != 0 {
			t.Errorf("%d letters to an address without account", n)
		}
	})
}

func TestClean(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), context.Background()
		_, p := w.member("ctt", rina)
		if err := w.Invite(ctx, p, dewi, "viewer", phone); err != nil {
			t.Fatal(err)
		}
		if n, err := w.Clean(ctx, "ctt"); err != nil || n != 0 {
			t.Errorf("%d rows went at once, %v", n, err)
		}
		b.Manual().Add(8 * 24 * time.Hour)
		if n, err := w.Clean(ctx, "ctt"); err != nil || n == 0 {
			t.Errorf("%d rows went after a week, %v", n, err)
		}
		for _, table := range []string{"attempts", "verifications", "invitations"} {
			if n := count(t, b, "ctt", table); n != 0 {
				t.Errorf("%d rows are left in %s", n, table)
			}
		}
		if count(t, b, "ctt", "accounts") != 1 {
			t.Error("an account went with the cleaning")
		}
	})
}
