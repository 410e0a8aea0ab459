package vault_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/vault"
	"amanah/internal/vault/vaulttest"
)

var nobody id.Subject

var (
	family, school = vaulttest.Family, vaulttest.School
	rina, dewi     = vaulttest.Rina, vaulttest.Dewi
)

func still() *clock.Manual {
	return clock.NewManual(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC))
}

func seal(t testing.TB, v *vault.Vault, home id.Tenant, s id.Subject, aad []byte, plain string) []byte {
	t.Helper()
	b, err := v.SealValue(t.Context(), home, s, aad, []byte(plain))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func wantFault(t *testing.T, what string, err error, code fault.Code, key string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != code || f.Key != key {
		t.Errorf("%s: got %v, want %s (%s)", what, err, code, key)
	}
}

func TestValue_roundTrip(t *testing.T) {
	t.Parallel()
	v := vaulttest.New(t)
	rapid.Check(t, func(r *rapid.T) {
		home := rapid.SampledFrom([]id.Tenant{family, school}).Draw(r, "home")
		who := rapid.SampledFrom([]id.Subject{rina, dewi, nobody}).Draw(r, "who")
		aad := vault.AAD(rapid.String().Draw(r, "table"), rapid.String().Draw(r, "row"), rapid.String().Draw(r, "column"))
		plain := rapid.SliceOf(rapid.Byte()).Draw(r, "plain")
		given := bytes.Clone(plain)
		sealed, err := v.SealValue(t.Context(), home, who, aad, given)
		if err != nil {
			r.Fatal(err)
		}
		if !bytes.Equal(given, plain) || len(sealed) != len(plain)+vault.Overhead {
			r.Fatalf("content changed or %d bytes for %d", len(sealed), len(plain))
		}
		if len(plain) >= 8 && bytes.Contains(sealed, plain) {
			r.Fatal("the sealed value contains the content")
		}
		again, err := v.SealValue(t.Context(), home, who, aad, plain)
		if err != nil || bytes.Equal(again, sealed) {
			r.Fatalf("sealed twice alike, %v", err)
		}
		got, err := v.OpenValue(t.Context(), home, who, aad, sealed)
		if err != nil || !bytes.Equal(got, plain) {
			r.Fatalf("got %x, %v", got, err)
		}
	})
}

func TestAAD_isOneToOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		part := rapid.StringOfN(rapid.SampledFrom([]rune("ab|\x00\x01\x02")), 0, 4, -1)
		a := [3]string{part.Draw(r, "a0"), part.Draw(r, "a1"), part.Draw(r, "a2")}
		b := [3]string{part.Draw(r, "b0"), part.Draw(r, "b1"), part.Draw(r, "b2")}
		if bytes.Equal(vault.AAD(a[0], a[1], a[2]), vault.AAD(b[0], b[1], b[2])) != (a == b) {
			r.Fatalf("%q and %q", a, b)
		}
	})
}

func TestValue_elsewhereIsRefused(t *testing.T) {
	t.Parallel()
	v := vaulttest.New(t)
	aad := vault.AAD("accounts", "r1", "name")
	sealed := seal(t, v, family, rina, aad, "Rina Maharani")
	for _, p := range []struct {
		home id.Tenant
		who  id.Subject
	}{{family, dewi}, {family, nobody}, {school, rina}, {school, nobody}} {
		seal(t, v, p.home, p.who, aad, "so that there is a key")
	}
	for what, c := range map[string]struct {
		home id.Tenant
		who  id.Subject
		aad  []byte
	}{
		"row":        {family, rina, vault.AAD("accounts", "r2", "name")},
		"column":     {family, rina, vault.AAD("accounts", "r1", "nick")},
		"table":      {family, rina, vault.AAD("people", "r1", "name")},
		"no aad":     {family, rina, nil},
		"person":     {family, dewi, aad},
		"tenant key": {family, nobody, aad},
		"tenant":     {school, rina, aad},
	} {
		got, err := v.OpenValue(t.Context(), c.home, c.who, c.aad, sealed)
		wantFault(t, "wrong "+what, err, fault.Invalid, vault.KeyTampered)
		if got != nil {
			t.Errorf("wrong %s: content with the fault", what)
		}
	}
}

func TestValue_everyChangeIsRefused(t *testing.T) {
	t.Parallel()
	v := vaulttest.New(t)
	aad := vault.AAD("accounts", "r1", "name")
	sealed := seal(t, v, family, rina, aad, "Rina Maharani")
	for bit := range len(sealed) * 8 {
		bad := bytes.Clone(sealed)
		bad[bit/8] ^= 1 << (bit % 8)
		_, err := v.OpenValue(t.Context(), family, rina, aad, bad)
		wantFault(t, "changed bit", err, fault.Invalid, vault.KeyTampered)
	}
	for n := range sealed {
		_, err := v.OpenValue(t.Context(), family, rina, aad, sealed[:n])
		wantFault(t, "cut", err, fault.Invalid, vault.KeyTampered)
	}
	_, err := v.OpenValue(t.Context(), family, rina, aad, append(bytes.Clone(sealed), 0))
	wantFault(t, "longer", err, fault.Invalid, vault.KeyTampered)
}

func TestValue_withoutKey(t *testing.T) {
	t.Parallel()
	v := vaulttest.New(t)
	sealed := seal(t, v, family, rina, nil, "x")
	_, err := v.OpenValue(t.Context(), family, dewi, nil, sealed)
	wantFault(t, "person without a key", err, fault.NotFound, vault.KeyMissing)
	_, err = v.OpenValue(t.Context(), school, nobody, nil, sealed)
	wantFault(t, "tenant without a key", err, fault.NotFound, vault.KeyMissing)
	_, err = v.SealValue(t.Context(), id.Tenant{}, rina, nil, nil)
	wantFault(t, "no tenant", err, fault.Internal, "vault.no_tenant")
	_, err = v.SealValue(t.Context(), id.Tenant{}, nobody, nil, nil)
	wantFault(t, "no tenant, no person", err, fault.Internal, "vault.no_tenant")
	_, err = v.Index(t.Context(), id.Tenant{}, "accounts.email", "x")
	wantFault(t, "index without tenant", err, fault.Internal, "vault.no_tenant")
	wantFault(t, "destroy nobody", v.DestroyPerson(t.Context(), family, nobody), fault.Internal, "vault.no_subject")
	wantFault(t, "destroy no tenant", v.DestroyTenant(t.Context(), id.Tenant{}), fault.Internal, "vault.no_tenant")
}

func TestFaults_tellNothingPersonal(t *testing.T) {
	t.Parallel()
	v := vaulttest.New(t)
	sealed := seal(t, v, family, rina, nil, "Rina Maharani")
	_, err := v.OpenValue(t.Context(), family, rina, vault.AAD("accounts", "Rina Maharani", "name"), sealed)
	if err == nil || strings.Contains(err.Error(), "Rina") {
		t.Errorf("the fault says %v", err)
	}
}

func TestIndex(t *testing.T) {
	t.Parallel()
	ring := vaulttest.NewKeys()
	v := vault.New(vaulttest.Master(t), ring, nil, still())
	index := func(v *vault.Vault, home id.Tenant, column, value string) vault.Index {
		x, err := v.Index(t.Context(), home, column, value)
		if err != nil || x.IsZero() {
			t.Fatalf("Index: %x, %v", x, err)
		}
		return x
	}
	x := index(v, family, "accounts.email", "rina@example.com")
	if x != index(vault.New(vaulttest.Master(t), ring, nil, still()), family, "accounts.email", "rina@example.com") {
		t.Error("another node has another index")
	}
	for _, other := range []vault.Index{
		index(v, family, "accounts.email", "dewi@example.com"),
		index(v, family, "members.email", "rina@example.com"),
		index(v, family, "accounts.emailr", "ina@example.com"),
		index(v, school, "accounts.email", "rina@example.com"),
	} {
		if other == x {
			t.Error("two values, columns or tenants have one index")
		}
	}
	val, err := x.Value()
	var back vault.Index
	if err != nil || back.Scan(val) != nil || back != x {
		t.Errorf("%x stored and read is %x, %v", x, back, err)
	}
	if val, err := (vault.Index{}).Value(); val != nil || err != nil {
		t.Errorf("the zero index is stored as %v, %v; want NULL", val, err)
	}
	if back.Scan(nil) != nil || !back.IsZero() {
		t.Error("NULL is not the zero index")
	}
	for _, bad := range []any{"text", []byte("short"), make([]byte, 33), 7} {
		if back.Scan(bad) == nil {
			t.Errorf("read %v as an index", bad)
		}
	}
}

func FuzzOpenValue(f *testing.F) {
	v := vaulttest.New(f)
	aad := vault.AAD("accounts", "r1", "name")
	sealed := seal(f, v, family, rina, aad, "Rina Maharani")
	f.Add(sealed)
	f.Add(sealed[:20])
	f.Add([]byte{})
	f.Add(append([]byte{2}, sealed[1:]...))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := v.OpenValue(t.Context(), family, rina, aad, b)
		if bytes.Equal(b, sealed) {
			if err != nil || string(got) != "Rina Maharani" {
				t.Errorf("got %q, %v", got, err)
			}
			return
		}
		wantFault(t, "forged", err, fault.Invalid, vault.KeyTampered)
	})
}
