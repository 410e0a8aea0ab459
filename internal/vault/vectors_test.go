package vault_test

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"testing"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"

	"amanah/internal/vault"
	"amanah/internal/vault/vaulttest"
)

// vectors are testdata/vectors.json, which testdata/vectors.py computes without
// any code of the program.
type vectors map[string]string

func readVectors(t *testing.T) vectors {
	t.Helper()
	b, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	v := vectors{}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func (v vectors) hex(t *testing.T, name string) []byte {
	t.Helper()
	b, err := hex.DecodeString(v[name])
	if err != nil || len(b) == 0 {
		t.Fatalf("vector %s: %d bytes, %v", name, len(b), err)
	}
	return b
}

func (v vectors) master(t *testing.T) vault.Master {
	t.Helper()
	m, err := vault.EnvMaster(base64.StdEncoding.EncodeToString(v.hex(t, "master")))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// ring holds the wrapped keys of the vectors.
func (v vectors) ring(t *testing.T) *vaulttest.Keys {
	t.Helper()
	k := vaulttest.NewKeys()
	if err := k.PutTenant(t.Context(), vaulttest.Family, v.hex(t, "wrapped_tenant")); err != nil {
		t.Fatal(err)
	}
	if err := k.PutPerson(t.Context(), vaulttest.Family, vaulttest.Rina, v.hex(t, "wrapped_person")); err != nil {
		t.Fatal(err)
	}
	return k
}

func TestVectors_open(t *testing.T) {
	t.Parallel()
	vec := readVectors(t)
	m := vec.master(t)
	if m.ID() != vec["master_id"] {
		t.Errorf("master %s, want %s", m.ID(), vec["master_id"])
	}
	files := vaulttest.NewFiles()
	v := vault.New(m, vec.ring(t), nil, still(), vault.Options{Files: files})
	aad := vault.AAD(vec["table"], vec["row"], vec["column"])
	if hex.EncodeToString(aad) != vec["aad"] {
		t.Errorf("AAD %x, want %s", aad, vec["aad"])
	}
	for name, want := range map[string]string{"sealed_person": vec["plain"], "sealed_empty": ""} {
		got, err := v.OpenValue(t.Context(), vaulttest.Family, vaulttest.Rina, aad, vec.hex(t, name))
		if err != nil || string(got) != want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, want)
		}
	}
	got, err := v.OpenValue(t.Context(), vaulttest.Family, nobody, aad, vec.hex(t, "sealed_tenant"))
	if err != nil || string(got) != vec["plain"] {
		t.Errorf("sealed_tenant: %q, %v", got, err)
	}
	x, err := v.Index(t.Context(), vaulttest.Family, vec["index_column"], vec["index_value"])
	if err != nil || hex.EncodeToString(x[:]) != vec["index"] {
		t.Errorf("index %x, %v; want %s", x, err, vec["index"])
	}
}

func TestVectors_openFile(t *testing.T) {
	t.Parallel()
	vec := readVectors(t)
	sealed, err := os.ReadFile("testdata/file.sealed")
	if err != nil {
		t.Fatal(err)
	}
	files := vaulttest.NewFiles()
	if err := files.Put(t.Context(), receiptName, bytes.NewReader(sealed)); err != nil {
		t.Fatal(err)
	}
	v := vault.New(vec.master(t), vec.ring(t), nil, still(), vault.Options{Files: files})
	r, err := v.OpenFile(t.Context(), vaulttest.Family, vaulttest.Rina, vaulttest.Receipt)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if sum := sha256.Sum256(b); err != nil || hex.EncodeToString(sum[:]) != vec["content_sha256"] {
		t.Errorf("%d bytes, %v; not the content of the vector", len(b), err)
	}
}

// With the randomness of the vectors the vault writes the same bytes.
func TestVectors_seal(t *testing.T) {
	t.Parallel()
	vec := readVectors(t)
	random := bytes.NewReader(bytes.Join([][]byte{
		vec.hex(t, "tenant_key"), vec.hex(t, "person_key"), bytes.Repeat([]byte{2}, 12), bytes.Repeat([]byte{3}, 12),
	}, nil))
	ring := vaulttest.NewKeys()
	v := vault.New(vec.master(t), ring, random, still())
	aad := vault.AAD(vec["table"], vec["row"], vec["column"])
	got, err := v.SealValue(t.Context(), vaulttest.Family, vaulttest.Rina, aad, []byte(vec["plain"]))
	if err != nil || hex.EncodeToString(got) != vec["sealed_person"] {
		t.Errorf("sealed %x, %v; want %s", got, err, vec["sealed_person"])
	}
	if w, _, err := ring.Person(t.Context(), vaulttest.Family, vaulttest.Rina); err != nil || hex.EncodeToString(w) != vec["wrapped_person"] {
		t.Errorf("wrapped %x, %v; want %s", w, err, vec["wrapped_person"])
	}
	if len(got) != len(vec["plain"])+vault.Overhead {
		t.Errorf("%d bytes longer, want %d", len(got)-len(vec["plain"]), vault.Overhead)
	}
	if _, err := v.SealValue(t.Context(), vaulttest.Family, vaulttest.Rina, aad, nil); err == nil {
		t.Error("sealed without randomness")
	}
}

// Tink reads what the vault seals: behind the header it is Tink's own layout.
func TestVectors_tinkOpens(t *testing.T) {
	t.Parallel()
	vec := readVectors(t)
	k, err := hkdf.Key(sha256.New, vec.hex(t, "person_key"), nil, "amanah/vault/v1/value", 32)
	if err != nil {
		t.Fatal(err)
	}
	a, err := subtle.NewAESGCM(k)
	if err != nil {
		t.Fatal(err)
	}
	aad := vault.AAD(vec["table"], vec["row"], vec["column"])
	v := vault.New(vec.master(t), vec.ring(t), nil, still())
	sealed, err := v.SealValue(t.Context(), vaulttest.Family, vaulttest.Rina, aad, []byte("Dewi Anggraini"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := a.Decrypt(sealed[5:], append(bytes.Clone(sealed[:5]), aad...))
	if err != nil || string(got) != "Dewi Anggraini" {
		t.Errorf("Tink reads %q, %v", got, err)
	}
}
