package vault_test

import (
	"bytes"
	"io"
	"testing"

	"amanah/internal/vault"
	"amanah/internal/vault/vaulttest"
)

const benchText = "Rina Maharani, Jalan Melati 7" // 29 bytes: a usual column

func BenchmarkSealValue(b *testing.B) {
	v := vaulttest.New(b)
	plain := []byte(benchText)
	b.ReportAllocs()
	for b.Loop() {
		aad := vault.AAD("accounts", "0190a000-0000-7000-8000-0000000000f1", "address")
		if _, err := v.SealValue(b.Context(), family, rina, aad, plain); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpenValue(b *testing.B) {
	v := vaulttest.New(b)
	aad := vault.AAD("accounts", "0190a000-0000-7000-8000-0000000000f1", "address")
	sealed := seal(b, v, family, rina, aad, benchText)
	b.ReportAllocs()
	for b.Loop() {
		aad := vault.AAD("accounts", "0190a000-0000-7000-8000-0000000000f1", "address")
		if _, err := v.OpenValue(b.Context(), family, rina, aad, sealed); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFirstUse is a new person's first sealed value, ring in memory.
func BenchmarkFirstUse(b *testing.B) {
	v := vaulttest.New(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s := rina
		s[0], s[1], s[2], s[3] = byte(i), byte(i>>8), byte(i>>16), byte(i>>24)
		if _, err := v.SealValue(b.Context(), family, s, nil, []byte(benchText)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkIndex(b *testing.B) {
	v := vaulttest.New(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.Index(b.Context(), family, "accounts.email", "rina@example.com"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFile1MB(b *testing.B) {
	v := vaulttest.New(b)
	content := bytes.Repeat([]byte("struk"), 1<<20/5)
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		if _, err := v.PutFile(b.Context(), family, rina, vaulttest.Receipt, bytes.NewReader(content)); err != nil {
			b.Fatal(err)
		}
		r, err := v.OpenFile(b.Context(), family, rina, vaulttest.Receipt)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, r); err != nil {
			b.Fatal(err)
		}
	}
}
