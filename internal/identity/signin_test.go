package identity_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"amanah/internal/fault"
	"amanah/internal/identity"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/tenant"
)

// What a stranger gets for a wrong password, an unknown address, another
// service's account, an unproven or a closed one is one and the same.
func TestSignIn_tellsNothing(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), context.Background()
		_, p := w.member("ctt", rina)
		if err := w.SignUp(ctx, "ctt", form(dewi)); err != nil {
			t.Fatal(err)
		}
		gone := "lama@example.com"
		_, old := w.member("ctt", gone)
		err := b.Write(ctx, old.HomeScope("rights"), func(tx *store.Tx) error { return identity.CloseAccount(ctx, tx, old.Subject) })
		if err != nil {
			t.Fatal(err)
		}
		texts := map[string]bool{}
		for name, c := range map[string]struct{ slug, email, password string }{
			"wrong password":          {"ctt", rina, "bukan kata sandinya"},
			"no password":             {"ctt", rina, ""},
			"unknown address":         {"ctt", "siapa@example.com", password},
			"another service":         {"jagacash", rina, password},
			"unproven, wrong":         {"ctt", dewi, "bukan kata sandinya"},
			"closed":                  {"ctt", gone, password},
			"the hash as a password":  {"ctt", rina, "$2a$12$d2OgnMXxzyk7Nf2FNKaJGeQn7tLlF56Pzo"},
			"another letter in front": {"ctt", "x" + rina, password},
		} {
			_, err := w.SignIn(ctx, c.slug, c.email, c.password, phone)
			if key(err) != "identity.signin.wrong" {
				t.Errorf("%s: %v", name, err)
			}
			texts[err.Error()] = true
			for _, secret := range []string{rina, dewi, gone, "Rina", password, p.Subject.String()} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("%s: the error holds %q", name, secret)
				}
			}
		}
		if len(texts) != 1 {
			t.Errorf("strangers can tell cases apart: %v", texts)
		}
		if !w.recorded("signin.failed") {
			t.Error("the log has no failed sign-in")
		}
		if _, err := w.SignIn(ctx, "ctt", "  RINA.Maharani@Example.COM", password, phone); err != nil {
			t.Errorf("the owner, in other letters: %v", err)
		}
	})
}

// bcrypt alone reads 72 bytes and stops at NUL; here every byte counts.
func TestPassword_everyByteCounts(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), context.Background()
		long := strings.Repeat("panjang sekali ", 5)
		for i, c := range []struct{ right, wrong string }{
			{long + "A", long + "B"},
			{"sebelum\x00sesudah", "sebelum\x00berbeda"},
			{strings.Repeat("é", 36) + "x", strings.Repeat("é", 36) + "y"},
		} {
			email := string(rune('a'+i)) + "@example.com"
			in := form(email)
			in.Password = c.right
			if _, _, err := w.Provision(ctx, "ctt", in); err != nil {
				t.Fatal(err)
			}
			if _, err := w.SignIn(ctx, "ctt", email, c.wrong, phone); key(err) != "identity.signin.wrong" {
				t.Errorf("case %d: a password that differs late gives %v", i, err)
			}
			if _, err := w.SignIn(ctx, "ctt", email, c.right, phone); err != nil {
				t.Errorf("case %d: the right password gives %v", i, err)
			}
		}
		// What is stored is a salted hash of bcrypt, another one each time.
		for _, row := range hashes(t, b) {
			if !strings.HasPrefix(row, "$2a$") {
				t.Errorf("stored %.4s", row)
			}
		}
	})
}

func TestPassword_equalOnesHaveDifferentHashes(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), context.Background()
		for _, e := range []string{rina, dewi} {
			if _, _, err := w.Provision(ctx, "ctt", form(e)); err != nil {
				t.Fatal(err)
			}
		}
		if h := hashes(t, b); len(h) != 2 || h[0] == h[1] {
			t.Errorf("two accounts have %d hashes, equal: %v", len(h), len(h) == 2 && h[0] == h[1])
		}
	})
}

func hashes(t *testing.T, b *storetest.Bundle) (out []string) {
	t.Helper()
	ctx := context.Background()
	err := b.Read(ctx, b.Scope(tenant.HomeOf("ctt")), func(tx *store.Tx) error {
		rows, err := tx.Query(ctx, "SELECT password_hash FROM accounts")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var h []byte
			if err := rows.Scan(&h); err != nil {
				return err
			}
			out = append(out, string(h))
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A session that was ended is refused at once on every node.
func TestSession_endsOnEveryNode(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx := context.Background()
		for name, end := range map[string]func(*world, identity.Principal) error{
			"signing out": func(w *world, p identity.Principal) error { return w.SignOut(ctx, p) },
			"ending it":   func(w *world, p identity.Principal) error { return w.EndSession(ctx, p, p.Session) },
			"a new password": func(w *world, p identity.Principal) error {
				other, err := w.SignIn(ctx, "ctt", p.Email, password, phone)
				if err != nil {
					return err
				}
				q, err := w.Resolve(ctx, "ctt", other.Token)
				if err != nil {
					return err
				}
				return w.ChangePassword(ctx, q, password, "kunci baru yang lain", phone)
			},
			"closing the account": func(w *world, p identity.Principal) error {
				return b.Write(ctx, p.HomeScope("rights"), func(tx *store.Tx) error { return identity.CloseAccount(ctx, tx, p.Subject) })
			},
			"a reset": func(w *world, p identity.Principal) error {
				if err := w.AskReset(ctx, "ctt", p.Email, phone); err != nil {
					return err
				}
				return w.Reset(ctx, "ctt", w.last(p.Email).token(t), "kunci baru yang lain", phone)
			},
		} {
			w := newWorld(t, b)
			far := w.node()
			email := strings.ReplaceAll(name, " ", "-") + "@example.com"
			ticket, p := w.member("ctt", email)
			if _, err := far.Resolve(ctx, "ctt", ticket.Token); err != nil {
				t.Fatalf("%s: before: %v", name, err)
			}
			if err := end(w, p); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if _, err := far.Resolve(ctx, "ctt", ticket.Token); !fault.Is(err, fault.Unauthorized) {
				t.Errorf("%s: the other node still says %v", name, err)
			}
		}
	})
}

func TestSession_bounds(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), context.Background()
		ticket, p := w.member("ctt", rina)
		for name, c := range map[string]struct{ slug, token string }{
			"no token":            {"ctt", ""},
			"a guess":             {"ctt", strings.Repeat("A", len(ticket.Token))},
			"a token cut short":   {"ctt", ticket.Token[1:]},
			"the id of a session": {"ctt", p.Session.String()},
			"another service":     {"jagacash", ticket.Token},
		} {
			if _, err := w.Resolve(ctx, c.slug, c.token); !fault.Is(err, fault.Unauthorized) {
				t.Errorf("%s gives %v", name, err)
			}
		}
		b.Manual().Add(30*24*time.Hour - time.Second)
		if _, err := w.Resolve(ctx, "ctt", ticket.Token); err != nil {
			t.Errorf("on the last day: %v", err)
		}
		b.Manual().Add(time.Second)
		if _, err := w.Resolve(ctx, "ctt", ticket.Token); !fault.Is(err, fault.Unauthorized) {
			t.Errorf("after 30 days: %v", err)
		}
	})
}

func TestSession_ownListOnly(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), context.Background()
		_, p := w.member("ctt", rina)
		other, q := w.member("ctt", dewi)
		b.Manual().Add(time.Hour)
		second, err := w.SignIn(ctx, "ctt", rina, password, identity.Device{IP: "2001:db8::1", Agent: "curl/8.0"})
		if err != nil {
			t.Fatal(err)
		}
		list, err := w.Sessions(ctx, p)
		if err != nil || len(list) != 2 {
			t.Fatalf("%d sessions, %v", len(list), err)
		}
		if list[0].ID != second.Session || list[0].IP != "2001:db8::1" || list[0].Current || !list[1].Current || list[1].Device.String() != "Chrome, Android" {
			t.Errorf("the list is %+v", list)
		}
		if err := w.EndSession(ctx, p, q.Session); !fault.Is(err, fault.NotFound) {
			t.Errorf("ending another person's session gives %v", err)
		}
		if err := w.EndOtherSessions(ctx, p); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Resolve(ctx, "ctt", second.Token); !fault.Is(err, fault.Unauthorized) {
			t.Errorf("the other device: %v", err)
		}
		if _, err := w.Resolve(ctx, "ctt", other.Token); err != nil {
			t.Errorf("another person was signed out: %v", err)
		}
		if l, err := w.Sessions(ctx, p); err != nil || len(l) != 1 || !l[0].Current {
			t.Errorf("left: %+v, %v", l, err)
		}
	})
}

// The last use is written down at most once in five minutes.
func TestSession_seenCoarsely(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), context.Background()
		ticket, p := w.member("ctt", rina)
		seen := func() time.Time {
			l, err := w.Sessions(ctx, p)
			if err != nil || len(l) != 1 {
				t.Fatal(l, err)
			}
			return l[0].Seen.Time()
		}
		start := seen()
		for _, c := range []struct{ step, want time.Duration }{{4 * time.Minute, 0}, {time.Minute, 5 * time.Minute}, {4 * time.Minute, 5 * time.Minute}} {
			b.Manual().Add(c.step)
			if _, err := w.Resolve(ctx, "ctt", ticket.Token); err != nil {
				t.Fatal(err)
			}
			if got := seen().Sub(start); got != c.want {
				t.Errorf("after %v more, seen at %v, want %v", c.step, got, c.want)
			}
		}
	})
}
