package identity

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"amanah/internal/fault"
	"amanah/internal/web"
)

// An unknown address costs as much time as a wrong password: a hash of the same
// cost is compared, and never matches.
func TestHasher_dummy(t *testing.T) {
	t.Parallel()
	for _, cost := range []int{0, bcrypt.MinCost} {
		h, err := newHasher(cost)
		if err != nil {
			t.Fatal(err)
		}
		want := cost
		if want == 0 {
			want = 12
		}
		if got, err := bcrypt.Cost(h.dummy); err != nil || got != want {
			t.Errorf("the dummy's cost is %d, %v, want %d", got, err, want)
		}
	}
	h, err := newHasher(bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := h.matches(context.Background(), nil, "nobody's"); ok || err != nil {
		t.Errorf("no account, and yet it matches: %v, %v", ok, err)
	}
}

func TestHasher_defaultCost(t *testing.T) {
	t.Parallel()
	h, err := newHasher(0)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := h.hash(context.Background(), "jeruk nipis di teras")
	if err != nil {
		t.Fatal(err)
	}
	if cost, err := bcrypt.Cost(stored); err != nil || cost < 12 {
		t.Errorf("cost %d, %v", cost, err)
	}
}

// Who goes away while waiting for a turn gets an answer that may be tried again.
func TestHasher_waitsForATurn(t *testing.T) {
	t.Parallel()
	h, err := newHasher(bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	for range cap(h.turns) {
		h.turns <- struct{}{}
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := h.matches(ctx, nil, "x"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("got %v", err)
	}
}

func TestCommon_isUsable(t *testing.T) {
	t.Parallel()
	if len(common) < 1000 {
		t.Errorf("%d words", len(common))
	}
	for w := range common {
		if w != strings.ToLower(w) || len(w) < passwordLeast {
			t.Errorf("%q can never be met", w)
		}
	}
}

func TestNormalEmail(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"rina@example.com":             "rina@example.com",
		" Rina@EXAMPLE.com\n":          "rina@example.com",
		"rina+ctt@example.co.id":       "rina+ctt@example.co.id",
		"rina@bücher.example":          "rina@xn--bcher-kva.example",
		"rina":                         "",
		"rina@localhost":               "",
		"rina@example.com.":            "",
		"Rina <rina@example.com>":      "",
		"rina@example.com, b@c.id":     "",
		"rina@example.com\r\nBcc: x@y": "",
		"\"a b\"@example.com":          "",
		"@example.com":                 "",
		"rina@":                        "",
		"a@b@example.com":              "",
		"":                             "",
		strings.Repeat("a", 250) + "@example.com": "",
	} {
		got, err := normalEmail(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q, %v, want %q", in, got, err, want)
		}
		if err != nil && in != "" && strings.Contains(err.Error(), in) {
			t.Errorf("the error repeats %q", in)
		}
	}
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"203.0.113.7": "203.0.113.7", "::ffff:203.0.113.7": "203.0.113.7", "2001:db8:1:2:3::4": "2001:db8:1:2::/64", "": "unknown", "x": "unknown",
	} {
		if got := network(in); got != want {
			t.Errorf("%q counts as %q, want %q", in, got, want)
		}
	}
}

func FuzzNormalEmail(f *testing.F) {
	for _, s := range []string{"rina@example.com", "a@b@c.id", "\"x\"@example.com", "ü@bücher.example"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once, err := normalEmail(s)
		if err != nil {
			return
		}
		if strings.ContainsAny(once, "\r\n <>,") || strings.Count(once, "@") != 1 {
			t.Errorf("%q became %q", s, once)
		}
		if twice, err := normalEmail(once); err != nil || twice != once {
			t.Errorf("%q became %q, and that %q, %v", s, once, twice, err)
		}
	})
}

func FuzzNextIn(f *testing.F) {
	for _, s := range []string{"/ctt/books?a=b", "//x", "/ctt/../y", "/ctt/%2e%2e/y", "https://x", "/ctt/\\x"} {
		f.Add(s)
	}
	v := web.Service{Slug: "ctt", Base: "/ctt"}
	base, err := url.Parse("https://example.co.id/ctt/signin")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := nextIn(v, s, "/ctt/")
		u, err := base.Parse(got)
		if err != nil || u.Host != "example.co.id" || u.Scheme != "https" || !strings.HasPrefix(u.Path+"/", "/ctt/") {
			t.Errorf("%q leads to %q: %v", s, got, u)
		}
	})
}
