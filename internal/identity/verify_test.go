package identity_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"amanah/internal/identity"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/tenant"
)

func TestVerify_refuses(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), context.Background()
		if err := w.SignUp(ctx, "ctt", form(rina)); err != nil {
			t.Fatal(err)
		}
		first := w.last(rina).token(t)
		if err := w.AskReset(ctx, "ctt", rina, phone); err != nil {
			t.Fatal(err)
		}
		reset := w.last(rina).token(t)
		if err := w.Resend(ctx, "ctt", rina, phone); err != nil {
			t.Fatal(err)
		}
		good := w.last(rina).token(t)
		for name, c := range map[string]struct{ slug, token, password, want string }{
			"a guess":               {"ctt", strings.Repeat("A", len(good)), password, "identity.token.wrong"},
			"no token":              {"ctt", "", password, "identity.token.wrong"},
			"one that was replaced": {"ctt", first, password, "identity.token.wrong"},
			"one of another kind":   {"ctt", reset, password, "identity.token.wrong"},
			"another service":       {"jagacash", good, password, "identity.token.wrong"},
			"without the password":  {"ctt", good, "bukan kata sandinya", "identity.signin.wrong"},
		} {
			if _, err := w.Verify(ctx, c.slug, c.token, c.password, phone); key(err) != c.want {
				t.Errorf("%s gives %v, want %s", name, err, c.want)
			}
		}
		if _, err := w.Verify(ctx, "ctt", good, password, phone); err != nil {
			t.Fatalf("the right one, after wrong passwords: %v", err)
		}
		if _, err := w.Verify(ctx, "ctt", good, password, phone); key(err) != "identity.token.wrong" {
			t.Errorf("a second use gives %v", err)
		}
	})
}

func TestTokens_expire(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), context.Background()
		if err := w.SignUp(ctx, "ctt", form(rina)); err != nil {
			t.Fatal(err)
		}
		verify := w.last(rina).token(t)
		if err := w.AskReset(ctx, "ctt", rina, phone); err != nil {
			t.Fatal(err)
		}
		reset := w.last(rina).token(t)
		b.Manual().Add(30 * time.Minute)
		if err := w.Reset(ctx, "ctt", reset, "kunci baru yang lain", phone); key(err) != "identity.token.wrong" {
			t.Errorf("a reset after 30 minutes gives %v", err)
		}
		b.Manual().Add(23*time.Hour + 30*time.Minute)
		if _, err := w.Verify(ctx, "ctt", verify, password, phone); key(err) != "identity.token.wrong" {
			t.Errorf("a verification after 24 hours gives %v", err)
		}
	})
}

// Of two uses at the same moment one wins.
func TestReset_race(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), context.Background()
		w.member("ctt", rina)
		if err := w.AskReset(ctx, "ctt", rina, phone); err != nil {
			t.Fatal(err)
		}
		token, errs, won := w.last(rina).token(t), make(chan error), 0
		for _, s := range []*identity.Service{w.Service, w.node(), w.node()} {
			go func() { errs <- s.Reset(ctx, "ctt", token, "kunci baru yang lain", phone) }()
		}
		for range 3 {
			if err := <-errs; err == nil {
				won++
			} else if key(err) != "identity.token.wrong" {
				t.Error(err)
			}
		}
		if won != 1 {
			t.Errorf("%d resets by one link", won)
		}
	})
}

func TestReset_provesAndTells(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), context.Background()
		// A stranger signed up with Rina's address and a password of their own.
		in := form(rina)
		in.Password = "kunci milik orang lain"
		if err := w.SignUp(ctx, "ctt", in); err != nil {
			t.Fatal(err)
		}
		verify := w.last(rina).token(t)
		if err := w.AskReset(ctx, "ctt", rina, phone); err != nil {
			t.Fatal(err)
		}
		token := w.last(rina).token(t)
		if err := w.Reset(ctx, "ctt", token, "pendek", phone); key(err) != "identity.password.short" {
			t.Errorf("a short password gives %v", err)
		}
		if err := w.Reset(ctx, "ctt", token, password, phone); err != nil {
			t.Fatalf("a refused password used the link up: %v", err)
		}
		if _, err := w.SignIn(ctx, "ctt", rina, password, phone); err != nil {
			t.Errorf("the reset did not prove the address: %v", err)
		}
		if _, err := w.SignIn(ctx, "ctt", rina, in.Password, phone); key(err) != "identity.signin.wrong" {
			t.Errorf("the stranger's password gives %v", err)
		}
		if _, err := w.Verify(ctx, "ctt", verify, password, phone); key(err) != "identity.token.wrong" {
			t.Errorf("an older link still works: %v", err)
		}
		if l := w.last(rina); tokenIn.MatchString(l.Text) || !strings.Contains(l.Subject, "diganti") {
			t.Errorf("the owner was told %q", l.Subject)
		}
	})
}

// Letters go to the right person, in their language, and carry nobody's words.
func TestLetters(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), context.Background()
		in := form(rina)
		in.Name, in.Device.Lang = "Beli di https://jahat.example <b>sekarang</b>", "en"
		if err := w.SignUp(ctx, "ctt", in); err != nil {
			t.Fatal(err)
		}
		if err := w.SignUp(ctx, "ctt", in); err != nil {
			t.Fatal(err)
		}
		if err := w.AskReset(ctx, "ctt", rina, phone); err != nil {
			t.Fatal(err)
		}
		all := w.letters(rina)
		if len(all) != 3 {
			t.Fatalf("%d letters", len(all))
		}
		for _, l := range all {
			if strings.Contains(l.Subject+l.Text+l.HTML, "jahat") || strings.Contains(l.Text+l.HTML, "⟦") {
				t.Errorf("the letter says %q", l.Text)
			}
			if l.Lang != "en" || l.Service != "ctt" || l.Home != tenant.HomeOf("ctt") || l.Person.IsZero() || l.Purpose != "security" {
				t.Errorf("the letter is %q of %q to %v for %q", l.Lang, l.Service, l.Person, l.Purpose)
			}
			if !strings.Contains(l.Text, "https://example.co.id/ctt/") || !strings.Contains(l.HTML, `href="https://example.co.id/ctt/`) {
				t.Errorf("no link in %q", l.Text)
			}
		}
	})
}

// No column of the module holds what a person gave, or a token, readably.
func TestStored_nothingReadable(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), context.Background()
		in := form(rina)
		in.Kind, in.Company = tenant.Company, "CV Kopi Pagi"
		if err := w.SignUp(ctx, "ctt", in); err != nil {
			t.Fatal(err)
		}
		token := w.last(rina).token(t)
		ticket, err := w.Verify(ctx, "ctt", token, password, phone)
		if err != nil {
			t.Fatal(err)
		}
		secrets := []string{rina, "Rina", "Kopi Pagi", password, phone.IP, "Android", token, ticket.Token}
		for table, columns := range map[string]string{
			"accounts": "email, email_index, name, company, password_hash", "sessions": "token_hash, ip, agent",
			"verifications": "token_hash", "attempts": "key_index", "workspaces": "name",
		} {
			for column := range strings.SplitSeq(columns, ", ") {
				for _, v := range values(t, b, table, column) {
					for _, s := range secrets {
						if strings.Contains(string(v), s) {
							t.Errorf("%s.%s holds %q", table, column, s)
						}
					}
				}
			}
		}
	})
}

func values(t *testing.T, b *storetest.Bundle, table, column string) (out [][]byte) {
	t.Helper()
	ctx := context.Background()
	err := b.Read(ctx, b.Scope(tenant.HomeOf("ctt")), func(tx *store.Tx) error {
		rows, err := tx.Query(ctx, "SELECT "+column+" FROM "+table+" WHERE "+column+" IS NOT NULL")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var v []byte
			if err := rows.Scan(&v); err != nil {
				return err
			}
			out = append(out, v)
		}
		if len(out) == 0 {
			t.Errorf("%s.%s is empty", table, column)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// After the key of a person is gone nothing of theirs can be read.
func TestErasure_byKey(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		w, ctx := newWorld(t, b), context.Background()
		ticket, p := w.member("ctt", rina)
		if err := b.Vault.DestroyPerson(ctx, p.Home, p.Subject); err != nil {
			t.Fatal(err)
		}
		got, err := w.Resolve(ctx, "ctt", ticket.Token)
		if err != nil || got.Name != "" || got.Email != "" || got.WorkspaceName != "" {
			t.Errorf("still readable: %+v, %v", got, err)
		}
	})
}
