package receipt_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/receipt"
	"amanah/internal/vault/vaulttest"
	"amanah/internal/web/i18n"
)

var number = id.Must("01933f2e-7c00-7000-8000-000000000001")

func newKey(t testing.TB) *receipt.Key {
	t.Helper()
	k, err := receipt.OpenKey(context.Background(), filepath.Join(t.TempDir(), "receipt.key"), vaulttest.Master(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func sign(t testing.TB, k *receipt.Key, body any) []byte {
	t.Helper()
	b, err := k.Sign(receipt.Statement{Kind: receipt.Erasure, Number: number, Service: "ctt", Controller: receipt.Controller{Name: "PT Contoh", Email: "privasi@example.co.id"}, Issued: time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC), Body: body})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var erased = receipt.ErasureBody{What: []receipt.What{{Category: "account.name", ID: "Nama", EN: "Name", Records: 1}}, Workspaces: 1,
	When: receipt.When{Ordered: "2026-11-24T01:00:00Z", Done: "2026-11-24T02:00:00Z"}, Ground: receipt.Fact{Code: "request", ID: "Anda meminta.", EN: "You asked."}}

func TestVerify(t *testing.T) {
	t.Parallel()
	k, other := newKey(t), newKey(t)
	file := sign(t, k, erased)
	change := func(old, new string) []byte { return bytes.Replace(file, []byte(old), []byte(new), 1) }
	cases := []struct {
		name string
		file []byte
		key  ed25519.PublicKey
		want string
	}{
		{"as it was signed", file, k.Public(), ""},
		{"written otherwise, meaning the same", compact(t, file), k.Public(), ""},
		{"another key", file, other.Public(), "receipt.other_key"},
		{"no key", file, nil, "receipt.other_key"},
		{"a changed count", change(`"records": 1`, `"records": 2`), k.Public(), "receipt.forged"},
		{"a changed time", change("2026-11-24T02:00:00Z", "2026-11-25T02:00:00Z"), k.Public(), "receipt.forged"},
		{"another service", change(`"ctt"`, `"jenna"`), k.Public(), "receipt.forged"},
		{"the other's key in the file", change(k.Info().Public, other.Info().Public), k.Public(), "receipt.other_key"},
		{"a member more", change(`"kind"`, `"note": "x", "kind"`), k.Public(), "receipt.format"},
		{"a member twice", change(`"kind"`, `"kind": "export", "kind"`), k.Public(), "receipt.format"},
		{"nothing", nil, k.Public(), "receipt.format"},
		{"no JSON", []byte("receipt"), k.Public(), "receipt.format"},
		{"more behind it", append(bytes.Clone(file), '{'), k.Public(), "receipt.format"},
		{"a signature cut short", change(`"signature": "`, `"signature": "AA`), k.Public(), "receipt.format"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r, err := receipt.Verify(c.file, c.key)
			if c.want == "" {
				if err != nil || r.Number != number.String() {
					t.Fatalf("%v", err)
				}
				return
			}
			if err == nil || fault.Of(err).Key != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func compact(t testing.TB, file []byte) []byte {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(file, &m); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(m) // other order, no spaces
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Whoever has only the two standards can verify: no code of this package.
func TestSign_canBeVerifiedByHand(t *testing.T) {
	t.Parallel()
	k := newKey(t)
	var m map[string]any
	if err := json.Unmarshal(sign(t, k, map[string]any{"a": 1}), &m); err != nil {
		t.Fatal(err)
	}
	sig, err := base64.StdEncoding.DecodeString(m["signature"].(string))
	if err != nil {
		t.Fatal(err)
	}
	delete(m, "signature")
	// For ASCII texts and small whole numbers, sorted keys without spaces are
	// already the canonical form.
	plain, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if !ed25519.Verify(k.Public(), plain, sig) {
		t.Error("the signature is not over the canonical form")
	}
}

func TestVerify_anyBody(t *testing.T) {
	t.Parallel()
	k := newKey(t)
	rapid.Check(t, func(rt *rapid.T) {
		body := rapid.MapOf(rapid.String(), rapid.String()).Draw(rt, "body")
		if body == nil {
			body = map[string]string{}
		}
		file, err := k.Sign(receipt.Statement{Kind: receipt.Export, Number: number, Service: "ctt", Issued: time.Unix(1, 0), Body: body})
		if err != nil {
			rt.Fatal(err)
		}
		r, err := receipt.Verify(file, k.Public())
		if err != nil {
			rt.Fatal(err)
		}
		if _, err := receipt.Embedded(file); err != nil || r.Kind != receipt.Export {
			rt.Fatal(err)
		}
	})
}

func FuzzVerify(f *testing.F) {
	k := newKey(f)
	f.Add(sign(f, k, erased))
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := receipt.Verify(file, k.Public())
		if err == nil && (r.Number != number.String() || r.Kind != receipt.Erasure) {
			t.Errorf("a receipt that was never signed: %+v", r)
		}
	})
}

func TestOpenKey(t *testing.T) {
	t.Parallel()
	ctx, path, master := context.Background(), filepath.Join(t.TempDir(), "keys", "receipt.key"), vaulttest.Master(t)
	first, err := receipt.OpenKey(ctx, path, master, nil)
	if err != nil {
		t.Fatal(err)
	}
	again, err := receipt.OpenKey(ctx, path, master, nil)
	if err != nil || !first.Public().Equal(again.Public()) {
		t.Fatalf("the key changed: %v", err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)-1] ^= 1
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := receipt.OpenKey(ctx, path, master, nil); err == nil {
		t.Error("a damaged key was taken")
	}
}

func TestHTML(t *testing.T) {
	t.Parallel()
	k := newKey(t)
	r, err := receipt.Verify(sign(t, k, erased), k.Public())
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := i18n.New(receipt.Texts())
	if err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[i18n.Lang]string{i18n.ID: "Anda meminta.", i18n.EN: "You asked."} {
		var b strings.Builder
		if err := receipt.HTML(context.Background(), &b, r, catalog.Printer(lang, nil)); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), want) || !strings.Contains(b.String(), k.Info().ID) || strings.Contains(b.String(), "⟦") {
			t.Errorf("%s: %s", lang, b.String())
		}
	}
}
