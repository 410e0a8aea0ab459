package factor_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"regexp"
	"strings"
	"testing"

	"amanah/internal/id"
	"amanah/internal/identity/factor"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/vault"
)

func TestDraw(t *testing.T) {
	t.Parallel()
	form, seen := regexp.MustCompile(`^[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}$`), map[string]bool{}
	for range 50 {
		codes, err := factor.Draw(rand.Reader)
		if err != nil || len(codes) != 10 {
			t.Fatal(codes, err)
		}
		for _, c := range codes {
			if !form.MatchString(c) || strings.ContainsAny(c, "ilo1") || seen[c] {
				t.Errorf("the code %q", c)
			}
			seen[c] = true
		}
	}
	if _, err := factor.Draw(bytes.NewReader(nil)); err == nil {
		t.Error("codes without randomness")
	}
}

func keep(t *testing.T, b *storetest.Bundle, tenant id.Tenant, who id.Subject) []string {
	t.Helper()
	codes, err := factor.Draw(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var marks []vault.Index
	for _, c := range codes {
		marks = append(marks, mark(t, b, tenant, who, c))
	}
	in(t, b, tenant, func(tx *store.Tx) error { return factor.Keep(context.Background(), tx, who, marks) })
	return codes
}

func mark(t *testing.T, b *storetest.Bundle, tenant id.Tenant, who id.Subject, code string) vault.Index {
	t.Helper()
	x, err := factor.Mark(context.Background(), b.DB.Vault(), tenant, who, code)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func spend(t *testing.T, b *storetest.Bundle, tenant id.Tenant, who id.Subject, code string) (ok bool) {
	t.Helper()
	m := mark(t, b, tenant, who, code)
	in(t, b, tenant, func(tx *store.Tx) (err error) {
		ok, err = factor.Spend(context.Background(), tx, who, m)
		return err
	})
	return ok
}

func TestSpend_once(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, tenant, rina, dewi := context.Background(), b.Tenant(), b.Subject(), b.Subject()
		codes, hers := keep(t, b, tenant, rina), keep(t, b, tenant, dewi)
		for _, wrong := range []string{"", "x", hers[0], codes[0][1:], strings.Repeat("a", 1<<20), "aaaa-aaaa-aaaa"} {
			if spend(t, b, tenant, rina, wrong) {
				t.Errorf("%.20q opens", wrong)
			}
		}
		if !spend(t, b, tenant, rina, " "+strings.ToUpper(strings.ReplaceAll(codes[0], "-", " "))) {
			t.Error("a code as people type it is refused")
		}
		if spend(t, b, tenant, rina, codes[0]) {
			t.Error("a code opens twice")
		}
		m := mark(t, b, tenant, rina, codes[1])
		passed := atOnce(t, 12, func() (ok bool, err error) {
			err = b.Write(ctx, b.Scope(tenant), func(tx *store.Tx) (err error) {
				ok, err = factor.Spend(ctx, tx, rina, m)
				return err
			})
			return ok, err
		})
		if passed != 1 {
			t.Errorf("a code passes %d times at once", passed)
		}
		in(t, b, tenant, func(tx *store.Tx) error {
			left, err := factor.Left(ctx, tx, rina)
			if left != 8 {
				t.Errorf("%d codes are left, want 8", left)
			}
			return err
		})
		keep(t, b, tenant, rina)
		if spend(t, b, tenant, rina, codes[2]) {
			t.Error("a code from before the new ones opens")
		}
		if !spend(t, b, tenant, dewi, hers[0]) {
			t.Error("another person's codes went too")
		}
	})
}
