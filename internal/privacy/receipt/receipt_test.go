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

// Whichever bit of a receipt is flipped, it is found, with the published key and
// with the receipt's own.
func TestVerify_everyBit(t *testing.T) {
	t.Parallel()
	k := newKey(t)
	body := erased
	body.Consequences = receipt.Fact{Code: "proof", ID: "Tagihan <tetap> & \"bukti\" – ada.", EN: "Invoices <stay> & \"proof\" – yes."}
	file := sign(t, k, body)
	if _, err := receipt.Verify(file, k.Public()); err != nil {
		t.Fatal(err)
	}
	for i := range len(file) * 8 {
		bad := bytes.Clone(file)
		bad[i/8] ^= 1 << (i % 8)
		if _, err := receipt.Verify(bad, k.Public()); err == nil {
			t.Errorf("bit %d of byte %d (%q) is flipped, and nobody sees it", i%8, i/8, file[max(0, i/8-8):min(len(file), i/8+8)])
		}
		if own, err := receipt.Embedded(bad); err == nil {
			if _, err := receipt.Verify(bad, own); err == nil {
				t.Errorf("bit %d of byte %d is flipped, and the receipt's own key does not see it", i%8, i/8)
			}
		}
	}
}

// The six facts, what remains and who else got data stand in the words of both
// languages, beside the file.
func TestPlain(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.New(receipt.Texts())
	if err != nil {
		t.Fatal(err)
	}
	fact := func(word string) receipt.Fact { return receipt.Fact{Code: word, ID: word + "-id", EN: word + "-en"} }
	body := receipt.ErasureBody{What: []receipt.What{{Category: "a", ID: "Nama-id", EN: "Name-en", Records: 2}}, When: receipt.When{Ordered: "2026-11-24T01:00:00Z"},
		Ground: fact("ground"), How: fact("how"), By: fact("by"), Consequences: fact("consequences"),
		Stays:  []receipt.Stays{{Category: "billing.record", Words: receipt.Words{ID: "Tagihan-id", EN: "Invoices-en"}, Because: receipt.Words{ID: "pajak-id", EN: "tax-en"}, Until: receipt.Words{ID: "sepuluh-id", EN: "ten-en"}}},
		Others: []receipt.Other{{Recipient: "sms", ID: "SMS-id", EN: "SMS-en", As: "processor", Says: fact("asked")}}}
	file := sign(t, newKey(t), body)
	for lang, words := range map[i18n.Lang][]string{
		i18n.ID: {"Nama-id", "24 Nov", "ground-id", "how-id", "by-id", "consequences-id", "Tagihan-id. pajak-id sepuluh-id", "SMS-id: asked-id"},
		i18n.EN: {"Name-en", "24 Nov", "ground-en", "how-en", "by-en", "consequences-en", "Invoices-en. tax-en ten-en", "SMS-en: asked-en"},
	} {
		text, err := receipt.Plain(file, catalog.Printer(lang, nil))
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range words {
			if !strings.Contains(text, w) {
				t.Errorf("%s: no %q in\n%s", lang, w, text)
			}
		}
		if strings.Contains(text, "{") || strings.Contains(text, "receipt.") {
			t.Errorf("%s: a word is missing in\n%s", lang, text)
		}
	}
	if _, err := receipt.Plain([]byte("{}"), catalog.Printer(i18n.ID, nil)); err == nil {
		t.Error("what is no receipt of an erasure has words")
	}
}
