package factor_test

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity/factor"
	"amanah/internal/identity/factor/factortest"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
)

const origin, rpID = "https://ctt.example", "ctt.example"

func site(t testing.TB) factor.Site {
	t.Helper()
	s, ok, err := factor.NewSite("CTT", origin+"/ctt")
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	return s
}

// keeper is a service's passkeys in one tenant.
type keeper struct {
	t      *testing.T
	b      *storetest.Bundle
	tenant id.Tenant
	factor.Site
}

func (k keeper) ask(p factor.Purpose, who id.Subject) (out []byte) {
	k.t.Helper()
	in(k.t, k.b, k.tenant, func(tx *store.Tx) (err error) {
		out, err = k.Ask(context.Background(), tx, rand.Reader, p, who, "rina@example.com")
		return err
	})
	return out
}

// answered reads an answer and uses its challenge up.
func (k keeper) answered(p factor.Purpose, who id.Subject, answer string) (factor.Answer, error) {
	ctx := context.Background()
	a, err := factor.Read(ctx, k.b.DB.Vault(), k.tenant, p, answer)
	if err == nil {
		err = k.b.Write(ctx, k.b.Scope(k.tenant), func(tx *store.Tx) error { return factor.Asked(ctx, tx, p, who, a) })
	}
	return a, err
}

func (k keeper) add(who id.Subject, name, answer string) error {
	ctx := context.Background()
	a, err := k.answered(factor.ForNew, who, answer)
	if err != nil {
		return err
	}
	return k.b.Write(ctx, k.b.Scope(k.tenant), func(tx *store.Tx) error {
		_, err := k.Add(ctx, tx, who, name, a)
		return err
	})
}

func (k keeper) prove(p factor.Purpose, who id.Subject, answer string) (owner id.Subject, copied bool, err error) {
	ctx := context.Background()
	a, err := k.answered(p, who, answer)
	if err != nil {
		return owner, false, err
	}
	err = k.b.Write(ctx, k.b.Scope(k.tenant), func(tx *store.Tx) (err error) {
		owner, copied, err = k.Prove(ctx, tx, who, a)
		return err
	})
	return owner, copied, err
}

func (k keeper) has(who id.Subject, name string) *factortest.Device {
	k.t.Helper()
	d := factortest.New(k.t, origin, rpID)
	if err := k.add(who, name, d.Create(k.t, k.ask(factor.ForNew, who))); err != nil {
		k.t.Fatal(err)
	}
	return d
}

func TestPasskey_provesItsOwner(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		k := keeper{t, b, b.Tenant(), site(t)}
		rina, dewi := b.Subject(), b.Subject()
		hers, other := k.has(rina, "Ponsel Rina"), k.has(dewi, "Laptop")
		owner, copied, err := k.prove(factor.ForSignIn, id.Subject{}, hers.Get(t, k.ask(factor.ForSignIn, id.Subject{})))
		if err != nil || copied || owner != rina {
			t.Errorf("without a name: %v %v %v", owner, copied, err)
		}
		if owner, _, err = k.prove(factor.ForProof, rina, hers.Get(t, k.ask(factor.ForProof, rina))); err != nil || owner != rina {
			t.Errorf("as the second step: %v %v", owner, err)
		}
		if _, _, err := k.prove(factor.ForProof, rina, other.Get(t, k.ask(factor.ForProof, rina))); !fault.Is(err, fault.Invalid) {
			t.Errorf("another person's key is taken: %v", err)
		}
		in(t, b, k.tenant, func(tx *store.Tx) error {
			ctx := context.Background()
			held, err := factor.Of(ctx, tx, rina)
			if err != nil || len(held.Passkeys) != 1 || held.Passkeys[0].Name != "Ponsel Rina" || held.Passkeys[0].Used.IsZero() {
				t.Errorf("held: %+v, %v", held, err)
			}
			key := held.Passkeys[0].ID
			if err := factor.Rename(ctx, tx, dewi, key, "x"); !fault.Is(err, fault.NotFound) {
				t.Errorf("another person renames it: %v", err)
			}
			if err := factor.RemoveKey(ctx, tx, dewi, key); !fault.Is(err, fault.NotFound) {
				t.Errorf("another person removes it: %v", err)
			}
			if err := factor.Rename(ctx, tx, rina, key, "Lama"); err != nil {
				return err
			}
			return factor.RemoveKey(ctx, tx, rina, key)
		})
		if _, _, err := k.prove(factor.ForSignIn, id.Subject{}, hers.Get(t, k.ask(factor.ForSignIn, id.Subject{}))); !fault.Is(err, fault.Invalid) {
			t.Errorf("a removed key opens: %v", err)
		}
	})
}

// What a thief, a false site and a repeated answer try.
func TestPasskey_refuses(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		k := keeper{t, b, b.Tenant(), site(t)}
		rina, dewi := b.Subject(), b.Subject()
		hers := k.has(rina, "Ponsel")
		k.has(dewi, "Laptop")
		refused := func(name string, p factor.Purpose, who id.Subject, answer string) {
			t.Helper()
			if owner, _, err := k.prove(p, who, answer); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v %v", name, owner, err)
			}
		}
		again := hers.Get(t, k.ask(factor.ForProof, rina))
		if _, _, err := k.prove(factor.ForProof, rina, again); err != nil {
			t.Fatal(err)
		}
		refused("a replayed answer", factor.ForProof, rina, again)
		phished := hers.Copy()
		phished.Origin = "https://ctt.example.evil.example"
		refused("another origin", factor.ForProof, rina, phished.Get(t, k.ask(factor.ForProof, rina)))
		plain := hers.Copy()
		plain.Origin = "http://ctt.example"
		refused("plain HTTP", factor.ForProof, rina, plain.Get(t, k.ask(factor.ForProof, rina)))
		elsewhere := hers.Copy()
		elsewhere.RPID = "evil.example"
		refused("another site's id", factor.ForProof, rina, elsewhere.Get(t, k.ask(factor.ForProof, rina)))
		unverified := hers.Copy()
		unverified.Unverified = true
		refused("a user who was not verified", factor.ForProof, rina, unverified.Get(t, k.ask(factor.ForProof, rina)))
		refused("the question to another person", factor.ForProof, rina, hers.Get(t, k.ask(factor.ForProof, dewi)))
		refused("the question of another purpose", factor.ForProof, rina, hers.Get(t, k.ask(factor.ForSignIn, id.Subject{})))
		refused("a question nobody asked", factor.ForProof, rina, hers.Get(t, []byte(`{"publicKey":{"challenge":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}}`)))
		refused("an unknown key", factor.ForSignIn, id.Subject{}, factortest.New(t, origin, rpID).Get(t, k.ask(factor.ForSignIn, id.Subject{})))
		late := hers.Get(t, k.ask(factor.ForProof, rina))
		b.Manual().Add(6 * time.Minute)
		refused("a late answer", factor.ForProof, rina, late)
		for _, junk := range []string{"", "{}", "null", "[]", `{"id":1}`, strings.Repeat("{", 1<<17), `{"id":"AA","rawId":"AA","type":"public-key","response":{}}`} {
			refused("junk", factor.ForProof, rina, junk)
		}
		wrong := factortest.New(t, "https://evil.example", rpID)
		if err := k.add(rina, "x", wrong.Create(t, k.ask(factor.ForNew, rina))); !fault.Is(err, fault.Invalid) {
			t.Errorf("a key made on another site is kept: %v", err)
		}
		weak := factortest.New(t, origin, rpID)
		weak.Unverified = true
		if err := k.add(rina, "x", weak.Create(t, k.ask(factor.ForNew, rina))); !fault.Is(err, fault.Invalid) {
			t.Errorf("a key that does not verify its user is kept: %v", err)
		}
		twice := factortest.New(t, origin, rpID)
		made := twice.Create(t, k.ask(factor.ForNew, rina))
		if err := k.add(rina, "x", made); err != nil {
			t.Fatal(err)
		}
		if err := k.add(rina, "x", made); !fault.Is(err, fault.Invalid) {
			t.Errorf("an answer adds a key twice: %v", err)
		}
		if err := k.add(dewi, "x", twice.Create(t, k.ask(factor.ForNew, dewi))); err == nil {
			t.Error("two people have the same key")
		}
	})
}

// A counter that goes backwards shows a copy: from then on neither is taken.
func TestPasskey_copied(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		k := keeper{t, b, b.Tenant(), site(t)}
		rina := b.Subject()
		hers := k.has(rina, "Ponsel")
		thief := hers.Copy()
		for range 3 {
			if _, _, err := k.prove(factor.ForProof, rina, hers.Get(t, k.ask(factor.ForProof, rina))); err != nil {
				t.Fatal(err)
			}
		}
		if _, copied, err := k.prove(factor.ForProof, rina, thief.Get(t, k.ask(factor.ForProof, rina))); err != nil || !copied {
			t.Errorf("the copy: copied %v, %v", copied, err)
		}
		if _, copied, err := k.prove(factor.ForProof, rina, hers.Get(t, k.ask(factor.ForProof, rina))); err != nil || !copied {
			t.Errorf("the key afterwards: copied %v, %v", copied, err)
		}
	})
}

// Of one answer many times at once, one is looked at.
func TestPasskey_atOnce(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		k := keeper{t, b, b.Tenant(), site(t)}
		rina := b.Subject()
		answer := k.has(rina, "Ponsel").Get(t, k.ask(factor.ForProof, rina))
		passed := atOnce(t, 8, func() (bool, error) {
			_, copied, err := k.prove(factor.ForProof, rina, answer)
			if fault.Is(err, fault.Invalid) {
				return false, nil
			}
			return !copied, err
		})
		if passed != 1 {
			t.Errorf("the answer passes %d times", passed)
		}
	})
}

func TestNewSite(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"https://ctt.example": true, "https://example.com:8443/ctt": true, "http://localhost:8080/ctt": true, "http://ctt.localhost:8080": true,
		"http://ctt.example": false, "http://127.0.0.1:8080/ctt": false, "https://192.0.2.1": false, "https://[2001:db8::1]/ctt": false,
	} {
		if _, ok, err := factor.NewSite("CTT", address); ok != want || err != nil {
			t.Errorf("%s: %v, %v", address, ok, err)
		}
	}
	for _, c := range []struct{ address, host, want string }{
		{"http://127.0.0.1:8080/ctt", "localhost:8080", "http://localhost:8080"},
		{"http://127.0.0.1:8080/ctt", "localhost:9090", "http://127.0.0.1:8080/ctt"},
		{"http://127.0.0.1:8080/ctt", "evil.example:8080", "http://127.0.0.1:8080/ctt"},
		{"http://192.0.2.1:8080/ctt", "localhost:8080", "http://192.0.2.1:8080/ctt"},
		{"https://ctt.example", "localhost:443", "https://ctt.example"},
	} {
		if got := factor.Loopback(c.address, c.host); got != c.want {
			t.Errorf("%s asked at %s is %s, want %s", c.address, c.host, got, c.want)
		}
	}
}

// No answer of a device, however it is made, brings the program down or passes.
func FuzzRead(f *testing.F) {
	b := storetest.Open(f, "sqlite", config)
	d := factortest.New(f, origin, rpID)
	q := []byte(`{"publicKey":{"challenge":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","user":{"id":"YQ"}}}`)
	f.Add(d.Create(f, q))
	f.Add(d.Get(f, q))
	s, tenant, who := site(f), b.Tenant(), b.Subject()
	f.Fuzz(func(t *testing.T, answer string) {
		ctx := context.Background()
		for _, p := range []factor.Purpose{factor.ForNew, factor.ForProof} {
			a, err := factor.Read(ctx, b.DB.Vault(), tenant, p, answer)
			if err != nil {
				continue
			}
			_ = b.Write(ctx, b.Scope(tenant), func(tx *store.Tx) error {
				if err := factor.Asked(ctx, tx, p, who, a); err == nil {
					t.Error("a question that nobody asked is answered")
				}
				if _, _, err := s.Prove(ctx, tx, who, a); err == nil {
					t.Error("an unknown key proves something")
				}
				return context.Canceled // nothing is kept
			})
		}
	})
}
