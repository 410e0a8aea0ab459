package bearer_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"amanah/internal/id"
	"amanah/internal/identity/factor"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/tenant"
)

func both(t *testing.T, f func(t *testing.T, w *world)) {
	t.Helper()
	storetest.Both(t, storage, func(t *testing.T, b *storetest.Bundle) { f(t, open(t, b)) })
}

func TestSignIn_toTheEndOfTheTokens(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		w.member(rina)
		g := w.signIn(rina)
		me := as[struct{ Email string }](t, ask(w.other, "GET", "/me", g.Access, ""), 200)
		if me.Email != rina {
			t.Errorf("it acts for %q", me.Email)
		}
		w.b.Manual().Add(time.Hour - time.Second)
		as[struct{}](t, ask(w.node, "GET", "/me", g.Access, ""), 200)
		w.b.Manual().Add(time.Second)
		refused(t, ask(w.node, "GET", "/me", g.Access, ""), 401, "unauthorized")
		g2 := as[grant](t, ask(w.other, "POST", "/sessions/refresh", "", `{"refresh_token":"`+g.Refresh+`"}`), 200)
		as[struct{}](t, ask(w.node, "GET", "/me", g2.Access, ""), 200)
		w.b.Manual().Add(29 * 24 * time.Hour)
		g3 := as[grant](t, ask(w.node, "POST", "/sessions/refresh", "", `{"refresh_token":"`+g2.Refresh+`"}`), 200)
		w.b.Manual().Add(30 * 24 * time.Hour)
		refused(t, ask(w.node, "POST", "/sessions/refresh", "", `{"refresh_token":"`+g3.Refresh+`"}`), 401, "unauthorized")
	})
}

func TestSignIn_tellsNobodyWhoHasAnAccount(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		w.member(rina)
		wrong := ask(w.node, "POST", "/sessions", "", `{"email":"`+rina+`","password":"wrong wrong wrong"}`).Body.String()
		unknown := ask(w.node, "POST", "/sessions", "", `{"email":"nobody@example.com","password":"wrong wrong wrong"}`).Body.String()
		if wrong != unknown || !strings.Contains(wrong, `"status":422`) {
			t.Errorf("%s\n%s", wrong, unknown)
		}
	})
}

func TestRefresh_aUsedTokenEndsTheFamily(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		w.member(rina)
		g := w.signIn(rina)
		g2 := as[grant](t, ask(w.node, "POST", "/sessions/refresh", "", `{"refresh_token":"`+g.Refresh+`"}`), 200)
		refused(t, ask(w.other, "POST", "/sessions/refresh", "", `{"refresh_token":"`+g.Refresh+`"}`), 401, "unauthorized")
		for name, token := range map[string]string{"the first": g.Access, "the second": g2.Access} {
			if got := ask(w.node, "GET", "/me", token, ""); got.Code != 401 {
				t.Errorf("%s access token still works: %d", name, got.Code)
			}
		}
		refused(t, ask(w.node, "POST", "/sessions/refresh", "", `{"refresh_token":"`+g2.Refresh+`"}`), 401, "unauthorized")
		refused(t, ask(w.node, "POST", "/sessions/refresh", "", `{"refresh_token":"`+g.Refresh+`"}`), 401, "unauthorized")
		if want := []string{"token.stolen"}; !slices.Equal(w.told, want) {
			t.Errorf("told %v, want %v", w.told, want)
		}
		as[grant](t, ask(w.node, "POST", "/sessions", "", `{"email":"`+rina+`","password":"`+password+`"}`), 201) // the owner comes back
	})
}

func TestRefresh_twoAtOnce(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		w.member(rina)
		g := w.signIn(rina)
		var wg sync.WaitGroup
		codes := make([]int, 8)
		for i := range codes {
			wg.Go(func() {
				codes[i] = ask([]*node{w.node, w.other}[i%2], "POST", "/sessions/refresh", "", `{"refresh_token":"`+g.Refresh+`"}`).Code
			})
		}
		wg.Wait()
		slices.Sort(codes)
		if codes[0] != 200 || codes[1] != 401 {
			t.Errorf("%v, want one 200 and the rest 401", codes)
		}
	})
}

func TestSignOut(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		w.member(rina)
		g := w.signIn(rina)
		as[struct{}](t, ask(w.node, "DELETE", "/sessions/current", g.Access, ""), 204)
		refused(t, ask(w.other, "GET", "/me", g.Access, ""), 401, "unauthorized")
		refused(t, ask(w.node, "POST", "/sessions/refresh", "", `{"refresh_token":"`+g.Refresh+`"}`), 401, "unauthorized")
		if len(w.told) != 0 {
			t.Errorf("signing out is told as theft: %v", w.told)
		}
	})
}

func TestSessions_ofOthersAreNotFound(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		w.member(rina)
		w.member(bagas)
		r, b := w.signIn(rina), w.signIn(bagas)
		refused(t, ask(w.node, "DELETE", "/sessions/"+r.Session, b.Access, ""), 404, "not_found")
		list := as[struct{ Items []struct{ ID string } }](t, ask(w.node, "GET", "/sessions", r.Access, ""), 200)
		if len(list.Items) != 2 { // the browser's and the program's
			t.Errorf("%d sessions, want 2", len(list.Items))
		}
		as[struct{}](t, ask(w.node, "DELETE", "/sessions/"+r.Session, r.Access, ""), 204)
		refused(t, ask(w.other, "GET", "/me", r.Access, ""), 401, "unauthorized")
	})
}

func TestAccess_forged(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		_, p := w.member(rina)
		g := w.signIn(rina)
		_, stranger, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		sign := func(alg jose.SignatureAlgorithm, key any) string {
			s, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, (&jose.SignerOptions{}).WithType("at+jwt"))
			if err != nil {
				t.Fatal(err)
			}
			now := w.b.Clock.Now()
			out, err := jwt.Signed(s).Claims(map[string]any{"iss": "https://example.co.id/ctt", "aud": "ctt", "sub": p.Subject.String(), "jti": w.b.IDs.New().String(), "sid": g.Session,
				"scope": "transactions:read account:write", "exp": now.Add(time.Hour).Unix(), "iat": now.Unix()}).Serialize()
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		parts := strings.Split(g.Access, ".")
		none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"at+jwt"}`))
		more, _ := base64.RawURLEncoding.DecodeString(parts[1])
		wider := base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(more), "transactions:read", "transactions:read billing:write", 1)))
		for name, token := range map[string]string{
			"another key": sign(jose.EdDSA, stranger), "another algorithm": sign(jose.HS256, []byte(strings.Repeat("k", 32))),
			"no algorithm": none + "." + parts[1] + ".", "no signature": parts[0] + "." + parts[1] + ".",
			"wider claims": parts[0] + "." + wider + "." + parts[2], "half of it": g.Access[:len(g.Access)/2],
			"a refresh token": g.Refresh, "nothing": ".", "huge": strings.Repeat("a.", 2000),
		} {
			if got := ask(w.node, "GET", "/me", token, ""); got.Code != 401 {
				t.Errorf("%s opens: %d", name, got.Code)
			}
		}
	})
}

func TestPersonal_lifeOfAToken(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		w.member(rina)
		g := w.signIn(rina)
		body := `{"name":"Pembukuan","scopes":["transactions:read"],"ends_at":"2027-01-01T00:00:00Z"}`
		made := as[struct{ ID, Token, Tail string }](t, ask(w.node, "POST", "/tokens", g.Access, body, "Idempotency-Key", "a"), 201)
		if !strings.HasPrefix(made.Token, "amn_") || !strings.HasSuffix(made.Token, made.Tail) {
			t.Errorf("%+v", made)
		}
		again := ask(w.other, "POST", "/tokens", g.Access, body, "Idempotency-Key", "a")
		refused(t, again, 409, "idempotency_secret")
		if strings.Contains(again.Body.String(), made.Token) {
			t.Error("a token is shown twice")
		}
		as[struct{}](t, ask(w.node, "GET", "/me", made.Token, ""), 200)
		refused(t, ask(w.node, "GET", "/tokens", made.Token, ""), 403, "insufficient_scope")
		as[struct{}](t, ask(w.other, "GET", "/me", made.Token, "", "From", "198.51.100.9"), 200)
		as[struct{}](t, ask(w.other, "GET", "/me", made.Token, "", "From", "198.51.100.200"), 200)
		if want := []string{"token.network"}; !slices.Equal(w.told, want) {
			t.Errorf("told %v, want %v", w.told, want)
		}
		list := as[struct {
			Items []struct {
				Name  string
				Calls int `json:"calls_30_days"`
			}
		}](t, ask(w.node, "GET", "/tokens", g.Access, ""), 200)
		if len(list.Items) != 1 || list.Items[0].Name != "Pembukuan" || list.Items[0].Calls == 0 {
			t.Errorf("%+v", list)
		}
		as[struct{}](t, ask(w.node, "DELETE", "/tokens/"+made.ID, g.Access, ""), 204)
		refused(t, ask(w.other, "GET", "/me", made.Token, ""), 401, "unauthorized")
		refused(t, ask(w.node, "DELETE", "/tokens/"+made.ID, g.Access, ""), 404, "not_found")
	})
}

func TestPersonal_refusals(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		w.member(rina)
		w.member(bagas)
		g := w.signIn(rina)
		for name, body := range map[string]string{
			"over a year": `{"name":"a","scopes":["transactions:read"],"ends_at":"2028-01-01T00:00:00Z"}`, "over already": `{"name":"a","scopes":["transactions:read"],"ends_at":"2025-01-01T00:00:00Z"}`,
			"no scope": `{"name":"a","scopes":[],"ends_at":"2027-01-01T00:00:00Z"}`, "unknown scope": `{"name":"a","scopes":["admin"],"ends_at":"2027-01-01T00:00:00Z"}`,
			"no name": `{"name":"  ","scopes":["transactions:read"],"ends_at":"2027-01-01T00:00:00Z"}`,
		} {
			if got := ask(w.node, "POST", "/tokens", g.Access, body); got.Code != 422 {
				t.Errorf("%s: %d %s", name, got.Code, got.Body)
			}
		}
		made := as[struct{ ID, Token string }](t, ask(w.node, "POST", "/tokens", g.Access, `{"name":"a","scopes":["account:write","account:read"],"ends_at":"2026-12-01T00:00:00Z"}`), 201)
		refused(t, ask(w.node, "POST", "/tokens", made.Token, `{"name":"b","scopes":["transactions:write"],"ends_at":"2027-01-01T00:00:00Z"}`), 403, "forbidden")
		refused(t, ask(w.node, "DELETE", "/tokens/"+made.ID, w.signIn(bagas).Access, ""), 404, "not_found")
		w.b.Manual().Set(time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC))
		refused(t, ask(w.node, "GET", "/tokens", made.Token, ""), 401, "unauthorized")
	})
}

func TestPersonal_endsWithTheMembership(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		_, p := w.member(rina)
		text, _, err := w.node.Make(context.Background(), p, "a", []string{"transactions:read"}, w.b.Clock.Now().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		as[struct{}](t, ask(w.node, "GET", "/me", text, ""), 200)
		if err := w.b.Write(context.Background(), p.HomeScope("service"), func(tx *store.Tx) error {
			_, err := tx.Exec(context.Background(), "DELETE FROM members WHERE tenant_id = $1 AND subject_id = $2", tx.Tenant(), p.Subject)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		refused(t, ask(w.other, "GET", "/me", text, ""), 401, "unauthorized")
	})
}

func TestSecondFactor(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		_, p := w.member(rina)
		before := w.signIn(rina)
		if err := w.b.Write(ctx, p.HomeScope("security"), func(tx *store.Tx) error { return factor.Plant(ctx, tx, p.Subject, "JBSWY3DPEHPK3PXP") }); err != nil {
			t.Fatal(err)
		}
		in := `{"email":"` + rina + `","password":"` + password + `"`
		refused(t, ask(w.node, "POST", "/sessions", "", in+`}`), 401, "second_factor_required")
		refused(t, ask(w.node, "POST", "/sessions", "", in+`,"code":"000000"}`), 422, "invalid")
		refused(t, ask(w.node, "GET", "/me", before.Access, ""), 401, "second_factor_required")
		refused(t, ask(w.node, "POST", "/sessions/refresh", "", `{"refresh_token":"`+before.Refresh+`"}`), 401, "unauthorized")
		code := ""
		err := w.b.Read(ctx, p.HomeScope("security"), func(tx *store.Tx) (err error) { code, err = factor.Shown(ctx, tx, p.Subject); return err })
		if err != nil {
			t.Fatal(err)
		}
		g := as[grant](t, ask(w.node, "POST", "/sessions", "", in+`,"code":"`+code+`"}`), 201)
		as[struct{}](t, ask(w.node, "GET", "/me", g.Access, ""), 200)
		refused(t, ask(w.node, "POST", "/sessions", "", in+`,"code":"`+code+`"}`), 422, "invalid") // a code is good once
	})
}

func TestBlockList_isKeptThirtyDays(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		w.member(rina)
		g := w.signIn(rina)
		as[struct{}](t, ask(w.node, "DELETE", "/sessions/current", g.Access, ""), 204)
		session, err := id.Parse(g.Session)
		if err != nil {
			t.Fatal(err)
		}
		listed := func() (n int) {
			home := tenant.HomeOf("ctt")
			err := w.b.Read(ctx, store.Scope{Tenant: home, Service: "ctt", Purpose: "security"}, func(tx *store.Tx) error {
				return tx.QueryRow(ctx, "SELECT count(*) FROM revoked_tokens WHERE tenant_id = $1 AND token_id = $2", []any{tx.Tenant(), session}, &n)
			})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		w.b.Manual().Add(30*24*time.Hour - time.Minute)
		if _, err := w.node.Clean(ctx); err != nil || listed() != 1 {
			t.Errorf("the number is gone before its time: %v", err)
		}
		w.b.Manual().Add(2 * time.Minute)
		if _, err := w.node.Clean(ctx); err != nil || listed() != 0 {
			t.Errorf("the number is kept beyond its time: %v", err)
		}
	})
}

func TestUse_isCountedByDay(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		_, p := w.member(rina)
		text, _, err := w.node.Make(ctx, p, "a", []string{"transactions:read"}, w.b.Clock.Now().Add(100*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			as[struct{}](t, ask(w.node, "GET", "/me", text, ""), 200)
			as[struct{}](t, ask(w.other, "GET", "/me", text, ""), 200)
		}
		for _, n := range []*node{w.node, w.other} {
			if err := n.Flush(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := w.node.TellDays(ctx); err != nil || n != 0 {
			t.Errorf("a day that is not over is told: %d, %v", n, err)
		}
		w.b.Manual().Add(24 * time.Hour)
		for _, want := range []int{1, 0} {
			if n, err := w.node.TellDays(ctx); err != nil || n != want {
				t.Errorf("%d days told, want %d: %v", n, want, err)
			}
		}
		calls := 0
		err = w.b.Read(ctx, p.HomeScope("service"), func(tx *store.Tx) error {
			return tx.QueryRow(ctx, "SELECT count_of FROM activity_log WHERE tenant_id = $1 AND subject = $2 AND act = 'token.used'", []any{tx.Tenant(), p.Subject}, &calls)
		})
		if err != nil || calls != 40 {
			t.Errorf("the person's log says %d calls, want 40: %v", calls, err)
		}
	})
}
