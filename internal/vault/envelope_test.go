package vault_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"testing"

	"amanah/internal/fault"
	"amanah/internal/vault"
)

func TestEnvelope(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m, err := vault.EnvMaster("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
	if err != nil {
		t.Fatal(err)
	}
	e, err := vault.NewEnvelope(ctx, m, rand.Reader, "test")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := vault.OpenEnvelope(ctx, m, "other", e.Wrapped()); err == nil {
		t.Error("an envelope of another use opened")
	}
	again, err := vault.OpenEnvelope(ctx, m, "test", e.Wrapped())
	if err != nil {
		t.Fatal(err)
	}
	if again.Tag("a", "b") != e.Tag("a", "b") || e.Tag("a", "b") == e.Tag("ab") {
		t.Error("tags are not those of their parts")
	}
	plain := bytes.Repeat([]byte("Rina Maharani "), 200_000)
	var sealed bytes.Buffer
	w, err := e.Writer(&sealed, []byte("aad"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed.Bytes(), []byte("Rina")) {
		t.Error("the stream is not sealed")
	}
	open := func(b []byte, aad string) ([]byte, error) {
		r, err := again.Reader(bytes.NewReader(b), []byte(aad))
		if err != nil {
			return nil, err
		}
		return io.ReadAll(r)
	}
	if got, err := open(sealed.Bytes(), "aad"); err != nil || !bytes.Equal(got, plain) {
		t.Fatalf("what was sealed does not come back: %v", err)
	}
	flipped := bytes.Clone(sealed.Bytes())
	flipped[len(flipped)-20] ^= 1
	for name, b := range map[string][]byte{"flipped": flipped, "cut in a segment": sealed.Bytes()[:sealed.Len()-5], "cut at a segment": sealed.Bytes()[:1<<20], "empty": nil} {
		var f *fault.Error
		if _, err := open(b, "aad"); !errors.As(err, &f) || f.Key != vault.KeyTampered {
			t.Errorf("%s: %v, want %s", name, err, vault.KeyTampered)
		}
	}
	if _, err := open(sealed.Bytes(), "other"); err == nil {
		t.Error("a stream moved elsewhere opened")
	}
}
