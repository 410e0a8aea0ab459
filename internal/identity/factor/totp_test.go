package factor_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"io/fs"
	"net/url"
	"strings"
	"testing"
	"time"

	"amanah/internal/id"
	"amanah/internal/identity/factor"
	"amanah/internal/identity/factor/factortest"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
)

var config = storetest.Config{Sets: []store.Set{factor.Tables()}, Migrations: []fs.FS{factor.Migrations()}}

// in runs f in a transaction of a tenant.
func in(t *testing.T, b *storetest.Bundle, tenant id.Tenant, f func(tx *store.Tx) error) {
	t.Helper()
	if err := b.Write(context.Background(), b.Scope(tenant), f); err != nil {
		t.Fatal(err)
	}
}

func begin(t *testing.T, b *storetest.Bundle, tenant id.Tenant, who id.Subject) (secret string) {
	t.Helper()
	in(t, b, tenant, func(tx *store.Tx) (err error) {
		secret, err = factor.Begin(context.Background(), tx, rand.Reader, who)
		return err
	})
	return secret
}

func check(t *testing.T, b *storetest.Bundle, tenant id.Tenant, who id.Subject, code string) (ok bool) {
	t.Helper()
	in(t, b, tenant, func(tx *store.Tx) (err error) {
		ok, err = factor.Check(context.Background(), tx, who, code)
		return err
	})
	return ok
}

// enrolled has an app whose first code was used.
func enrolled(t *testing.T, b *storetest.Bundle, tenant id.Tenant, who id.Subject) (secret string) {
	t.Helper()
	secret = begin(t, b, tenant, who)
	in(t, b, tenant, func(tx *store.Tx) error {
		ok, err := factor.Confirm(context.Background(), tx, who, factortest.Code(t, secret, b.Clock.Now()))
		if !ok {
			t.Error("the right first code is refused")
		}
		return err
	})
	return secret
}

// The vectors of RFC 6238, appendix B, in six digits.
func TestCheck_vectors(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" // "12345678901234567890"
		for at, code := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
			tenant, who := b.Tenant(), b.Subject()
			b.Manual().Set(time.Unix(at, 0))
			in(t, b, tenant, func(tx *store.Tx) error { return factor.Plant(context.Background(), tx, who, secret) })
			if !check(t, b, tenant, who, code) {
				t.Errorf("the code %s of %d is refused", code, at)
			}
		}
	})
}

func TestCheck_onceAndNear(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		tenant, rina, dewi := b.Tenant(), b.Subject(), b.Subject()
		secret, hers := enrolled(t, b, tenant, rina), enrolled(t, b, tenant, dewi)
		code := func(steps int) string {
			return factortest.Code(t, secret, b.Clock.Now().Add(time.Duration(steps)*30*time.Second))
		}
		if check(t, b, tenant, rina, code(0)) {
			t.Error("the code that confirmed the key is taken again")
		}
		if check(t, b, tenant, rina, code(-1)) {
			t.Error("a code older than the last one is taken")
		}
		b.Manual().Add(5 * time.Minute)
		for _, wrong := range []string{"", "12345", "1234567", "abcdef", strings.Repeat("1", 1<<16), code(2), code(-2), factortest.Code(t, hers, b.Clock.Now())} {
			if check(t, b, tenant, rina, wrong) {
				t.Errorf("the code %.10q is taken", wrong)
			}
		}
		if c := code(-1); !check(t, b, tenant, rina, c[:3]+" "+c[3:]) {
			t.Error("the code of half a minute ago is refused")
		}
		if !check(t, b, tenant, rina, code(1)) {
			t.Error("the code of the next half minute is refused")
		}
		if check(t, b, tenant, rina, code(0)) || check(t, b, tenant, rina, code(1)) {
			t.Error("a code that is not newer than the last one is taken")
		}
	})
}

// Of the same code many times at once, one passes.
func TestCheck_atOnce(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, tenant, who := context.Background(), b.Tenant(), b.Subject()
		secret := enrolled(t, b, tenant, who)
		b.Manual().Add(time.Minute)
		code := factortest.Code(t, secret, b.Clock.Now())
		passed := atOnce(t, 12, func() (ok bool, err error) {
			err = b.Write(ctx, b.Scope(tenant), func(tx *store.Tx) (err error) {
				ok, err = factor.Check(ctx, tx, who, code)
				return err
			})
			return ok, err
		})
		if passed != 1 {
			t.Errorf("the code passes %d times", passed)
		}
	})
}

func atOnce(t *testing.T, n int, f func() (bool, error)) (passed int) {
	t.Helper()
	type result struct {
		ok  bool
		err error
	}
	results := make(chan result)
	for range n {
		go func() { ok, err := f(); results <- result{ok, err} }()
	}
	for range n {
		r := <-results
		if r.err != nil {
			t.Error(r.err)
		}
		if r.ok {
			passed++
		}
	}
	return passed
}

func TestBegin_waitsAndReplaces(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, tenant, who := context.Background(), b.Tenant(), b.Subject()
		first := begin(t, b, tenant, who)
		if again := begin(t, b, tenant, who); again != first {
			t.Error("loading the page again makes another key")
		}
		if check(t, b, tenant, who, factortest.Code(t, first, b.Clock.Now())) {
			t.Error("a key that nobody confirmed opens")
		}
		b.Manual().Add(2 * time.Hour)
		if later := begin(t, b, tenant, who); later == first {
			t.Error("a key that lay about for hours is still offered")
		}
		old := enrolled(t, b, tenant, who)
		b.Manual().Add(time.Minute)
		enrolled(t, b, tenant, who)
		b.Manual().Add(time.Minute)
		if check(t, b, tenant, who, factortest.Code(t, old, b.Clock.Now())) {
			t.Error("the app that was replaced still opens")
		}
		begin(t, b, tenant, b.Subject())
		b.Manual().Add(48 * time.Hour)
		in(t, b, tenant, func(tx *store.Tx) error {
			n, err := factor.Clean(ctx, tx, tx.Now())
			if n != 1 {
				t.Errorf("%d rows are cleaned away, want the one that waits", n)
			}
			if has, err := factor.Has(ctx, tx, who); !has || err != nil {
				t.Errorf("the confirmed key is gone: %v", err)
			}
			return err
		})
	})
}

// Nothing of a key or a code can be read in the database.
func TestStored_nothingReadable(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, tenant, who := context.Background(), b.Tenant(), b.Subject()
		secret := enrolled(t, b, tenant, who)
		in(t, b, tenant, func(tx *store.Tx) error {
			var stored []byte
			err := tx.QueryRow(ctx, "SELECT secret FROM factor_totp WHERE tenant_id = $1 AND subject_id = $2", []any{tenant, who}, &stored)
			if bytes.Contains(stored, []byte(secret)) || len(stored) <= len(secret) {
				t.Error("the key lies open")
			}
			return err
		})
	})
}

func TestAddress(t *testing.T) {
	t.Parallel()
	u, err := url.Parse(factor.Address("ABC", "CTT & co", "rina+a@example.com"))
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/CTT & co:rina+a@example.com" || q.Get("secret") != "ABC" || q.Get("issuer") != "CTT & co" || strings.Contains(u.RawQuery, "+") {
		t.Errorf("%s", u)
	}
}
