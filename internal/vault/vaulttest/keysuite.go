package vaulttest

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/vault"
)

// Invented ids of tests.
var (
	Family  = id.Tenant(id.Must("0190a000-0000-7000-8000-00000000000a"))
	School  = id.Tenant(id.Must("0190a000-0000-7000-8000-00000000000b"))
	Rina    = id.Subject(id.Must("0190a000-0000-7000-8000-000000000001"))
	Dewi    = id.Subject(id.Must("0190a000-0000-7000-8000-000000000002"))
	Receipt = vault.FileID(id.Must("0190a000-0000-7000-8000-0000000000f1"))
	Slip    = vault.FileID(id.Must("0190a000-0000-7000-8000-0000000000f2"))
)

// TestKeys is what every key ring must do. open gives an empty ring each time.
func TestKeys(t *testing.T, open func() vault.Keys) {
	for name, run := range map[string]func(*testing.T, vault.Keys){
		"an unknown key is not found":              unknownKey,
		"the first writer wins":                    firstWriter,
		"people and tenants do not mix":            noMixing,
		"destroyed leaves a tombstone":             tombstone,
		"destroyed before the first key":           tombstoneFirst,
		"a destroyed tenant takes its people":      tombstoneTenant,
		"of fifty writers at once one wins":        racingWriters,
		"a given slice is neither kept nor shared": ownBytes,
	} {
		t.Run(name, func(t *testing.T) { t.Parallel(); run(t, open()) })
	}
}

var bg = context.Background()

func wantCode(t *testing.T, what string, err error, code fault.Code) {
	t.Helper()
	if fault.CodeOf(err) != code {
		t.Errorf("%s: got error %v, want code %q", what, err, code)
	}
}

func wantPerson(t *testing.T, k vault.Keys, home id.Tenant, s id.Subject, want string) {
	t.Helper()
	w, gone, err := k.Person(bg, home, s)
	if err != nil || gone || string(w) != want {
		t.Errorf("Person(%v, %v) = %q, %v, %v; want %q", home, s, w, gone, err, want)
	}
}

func wantGone(t *testing.T, k vault.Keys, home id.Tenant, s id.Subject) {
	t.Helper()
	w, gone, err := k.Person(bg, home, s)
	if err != nil || !gone || len(w) != 0 {
		t.Errorf("Person(%v, %v) = %q, %v, %v; want only a tombstone", home, s, w, gone, err)
	}
}

func unknownKey(t *testing.T, k vault.Keys) {
	_, err := k.Tenant(bg, Family)
	wantCode(t, "tenant", err, fault.NotFound)
	if vault.Destroyed(err) {
		t.Error("a tenant that never was is called destroyed")
	}
	_, gone, err := k.Person(bg, Family, Rina)
	wantCode(t, "person", err, fault.NotFound)
	if gone {
		t.Error("a person who never was is called destroyed")
	}
}

func firstWriter(t *testing.T, k vault.Keys) {
	wantCode(t, "first tenant", k.PutTenant(bg, Family, []byte("t1")), "")
	wantCode(t, "second tenant", k.PutTenant(bg, Family, []byte("t2")), fault.Conflict)
	if w, err := k.Tenant(bg, Family); err != nil || string(w) != "t1" {
		t.Errorf("Tenant = %q, %v; want t1", w, err)
	}
	wantCode(t, "first person", k.PutPerson(bg, Family, Rina, []byte("p1")), "")
	wantCode(t, "second person", k.PutPerson(bg, Family, Rina, []byte("p2")), fault.Conflict)
	wantPerson(t, k, Family, Rina, "p1")
}

func noMixing(t *testing.T, k vault.Keys) {
	for _, home := range []id.Tenant{Family, School} {
		wantCode(t, "tenant", k.PutTenant(bg, home, []byte("t"+home.String())), "")
		for _, s := range []id.Subject{Rina, Dewi} {
			wantCode(t, "person", k.PutPerson(bg, home, s, []byte("p"+home.String()+s.String())), "")
		}
	}
	wantCode(t, "destroy", k.Destroy(bg, Family, Rina), "")
	wantGone(t, k, Family, Rina)
	wantPerson(t, k, Family, Dewi, "p"+Family.String()+Dewi.String())
	wantPerson(t, k, School, Rina, "p"+School.String()+Rina.String())
	if w, err := k.Tenant(bg, Family); err != nil || string(w) != "t"+Family.String() {
		t.Errorf("Tenant = %q, %v", w, err)
	}
}

func tombstone(t *testing.T, k vault.Keys) {
	wantCode(t, "put", k.PutPerson(bg, Family, Rina, []byte("p1")), "")
	for range 2 {
		wantCode(t, "destroy", k.Destroy(bg, Family, Rina), "")
		wantGone(t, k, Family, Rina)
		wantCode(t, "put again", k.PutPerson(bg, Family, Rina, []byte("p2")), fault.Conflict)
	}
	wantGone(t, k, Family, Rina)
}

func tombstoneFirst(t *testing.T, k vault.Keys) {
	wantCode(t, "destroy", k.Destroy(bg, Family, Rina), "")
	wantGone(t, k, Family, Rina)
	wantCode(t, "put", k.PutPerson(bg, Family, Rina, []byte("p1")), fault.Conflict)
	wantCode(t, "destroy tenant", k.DestroyTenant(bg, School), "")
	wantCode(t, "put tenant", k.PutTenant(bg, School, []byte("t1")), fault.Conflict)
}

func tombstoneTenant(t *testing.T, k vault.Keys) {
	for _, home := range []id.Tenant{Family, School} {
		wantCode(t, "tenant", k.PutTenant(bg, home, []byte("t1")), "")
		wantCode(t, "person", k.PutPerson(bg, home, Rina, []byte("p1")), "")
	}
	for range 2 {
		wantCode(t, "destroy", k.DestroyTenant(bg, Family), "")
		_, err := k.Tenant(bg, Family)
		if !vault.Destroyed(err) {
			t.Errorf("Tenant: %v; want NotFound with key %s", err, vault.KeyDestroyed)
		}
		wantGone(t, k, Family, Rina)
		wantCode(t, "tenant again", k.PutTenant(bg, Family, []byte("t2")), fault.Conflict)
		wantCode(t, "person again", k.PutPerson(bg, Family, Rina, []byte("p2")), fault.Conflict)
	}
	wantPerson(t, k, School, Rina, "p1")
}

func racingWriters(t *testing.T, k vault.Keys) {
	var won atomic.Int32
	var winner atomic.Value
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			mine := fmt.Sprintf("key of %d", i)
			err := k.PutPerson(bg, Family, Rina, []byte(mine))
			if err == nil {
				won.Add(1)
				winner.Store(mine)
			} else if !fault.Is(err, fault.Conflict) {
				t.Errorf("PutPerson: %v", err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Fatalf("%d writers won, want 1", won.Load())
	}
	wantPerson(t, k, Family, Rina, winner.Load().(string))
}

func ownBytes(t *testing.T, k vault.Keys) {
	in := []byte{0, 1, 0xff, '\'', 0x80}
	want := bytes.Clone(in)
	wantCode(t, "put", k.PutPerson(bg, Family, Rina, in), "")
	clear(in)
	out, _, err := k.Person(bg, Family, Rina)
	if err != nil || !bytes.Equal(out, want) {
		t.Fatalf("Person = %x, %v; want %x", out, err, want)
	}
	clear(out)
	wantPerson(t, k, Family, Rina, string(want))
}
