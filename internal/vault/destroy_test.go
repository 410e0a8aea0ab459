package vault_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/vault"
	"amanah/internal/vault/vaulttest"
)

func putFile(t *testing.T, v *vault.Vault, home id.Tenant, s id.Subject, f vault.FileID, content string) {
	t.Helper()
	n, err := v.PutFile(t.Context(), home, s, f, strings.NewReader(content))
	if err != nil || n != int64(len(content)) {
		t.Fatalf("PutFile: %d, %v", n, err)
	}
}

// wantUnreadable tries everything that a destroyed person left.
func wantUnreadable(t *testing.T, what string, v *vault.Vault, home id.Tenant, s id.Subject, sealed []byte) {
	t.Helper()
	_, err := v.OpenValue(t.Context(), home, s, nil, sealed)
	wantFault(t, what+": value", err, fault.NotFound, vault.KeyDestroyed)
	if !vault.Destroyed(err) {
		t.Errorf("%s: Destroyed(%v) is false", what, err)
	}
	_, err = v.OpenFile(t.Context(), home, s, vaulttest.Receipt)
	wantFault(t, what+": file", err, fault.NotFound, vault.KeyDestroyed)
	_, err = v.SealValue(t.Context(), home, s, nil, []byte("x"))
	wantFault(t, what+": new value", err, fault.NotFound, vault.KeyDestroyed)
	_, err = v.PutFile(t.Context(), home, s, vaulttest.Slip, strings.NewReader("x"))
	wantFault(t, what+": new file", err, fault.NotFound, vault.KeyDestroyed)
}

func wantReadable(t *testing.T, v *vault.Vault, home id.Tenant, s id.Subject, sealed []byte, want string) {
	t.Helper()
	got, err := v.OpenValue(t.Context(), home, s, nil, sealed)
	if err != nil || string(got) != want {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

func TestDestroyPerson(t *testing.T) {
	t.Parallel()
	ring, files, now := vaulttest.NewKeys(), vaulttest.NewFiles(), still()
	node := func() *vault.Vault {
		return vault.New(vaulttest.Master(t), ring, nil, now, vault.Options{Files: files})
	}
	here, there := node(), node()
	sealed := seal(t, here, family, rina, nil, "Rina Maharani")
	others := seal(t, here, family, dewi, nil, "Dewi Anggraini")
	elsewhere := seal(t, here, school, rina, nil, "the same number in a school")
	putFile(t, here, family, rina, vaulttest.Receipt, "a receipt")
	wantReadable(t, there, family, rina, sealed, "Rina Maharani")

	now.Add(29 * time.Second)
	for range 2 {
		if err := here.DestroyPerson(t.Context(), family, rina); err != nil {
			t.Fatal(err)
		}
		wantUnreadable(t, "here", here, family, rina, sealed)
	}
	now.Add(time.Second)
	wantUnreadable(t, "another node after 30 seconds", there, family, rina, sealed)
	wantUnreadable(t, "a node started later", node(), family, rina, sealed)
	wantReadable(t, here, family, dewi, others, "Dewi Anggraini")
	wantReadable(t, here, school, rina, elsewhere, "the same number in a school")

	if n, err := here.DeleteFiles(t.Context(), family, rina); n != 1 || err != nil {
		t.Errorf("DeleteFiles: %d, %v", n, err)
	}
}

func TestDestroyPerson_whoNeverHadAKey(t *testing.T) {
	t.Parallel()
	v := vaulttest.New(t)
	if err := v.DestroyPerson(t.Context(), family, rina); err != nil {
		t.Fatal(err)
	}
	_, err := v.SealValue(t.Context(), family, rina, nil, []byte("x"))
	wantFault(t, "first use after destruction", err, fault.NotFound, vault.KeyDestroyed)
}

func TestDestroyTenant(t *testing.T) {
	t.Parallel()
	ring, files, now := vaulttest.NewKeys(), vaulttest.NewFiles(), still()
	v := vault.New(vaulttest.Master(t), ring, nil, now, vault.Options{Files: files})
	sealed := seal(t, v, family, rina, nil, "Rina Maharani")
	own := seal(t, v, family, nobody, nil, "the family's own")
	other := seal(t, v, school, rina, nil, "school")
	putFile(t, v, family, rina, vaulttest.Receipt, "a receipt")
	if err := v.DestroyTenant(t.Context(), family); err != nil {
		t.Fatal(err)
	}
	wantUnreadable(t, "person", v, family, rina, sealed)
	wantUnreadable(t, "tenant", v, family, nobody, own)
	_, err := v.SealValue(t.Context(), family, dewi, nil, []byte("x"))
	wantFault(t, "new person", err, fault.NotFound, vault.KeyDestroyed)
	_, err = v.Index(t.Context(), family, "accounts.email", "x")
	wantFault(t, "index", err, fault.NotFound, vault.KeyDestroyed)
	wantReadable(t, v, school, rina, other, "school")
}

func TestFirstUse_fiftyAtOnceMakeOneKey(t *testing.T) {
	t.Parallel()
	ring := vaulttest.NewKeys()
	// Two nodes, so that the ring and not only the process decides.
	nodes := []*vault.Vault{
		vault.New(vaulttest.Master(t), ring, nil, still()),
		vault.New(vaulttest.Master(t), ring, nil, still()),
	}
	out := make([][]byte, 50)
	var wg sync.WaitGroup
	for i := range out {
		wg.Go(func() {
			var err error
			if out[i], err = nodes[i%2].SealValue(t.Context(), family, rina, nil, []byte("x")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := ring.Writes(); n != 2 {
		t.Errorf("%d keys were kept, want one of the tenant and one of the person", n)
	}
	for _, b := range out {
		wantReadable(t, nodes[0], family, rina, b, "x")
		wantReadable(t, nodes[1], family, rina, b, "x")
	}
}

func TestCache_asksTheRingOncePerAge(t *testing.T) {
	t.Parallel()
	ring, now := vaulttest.NewKeys(), still()
	sealed := seal(t, vault.New(vaulttest.Master(t), ring, nil, now), family, rina, nil, "x")
	v := vault.New(vaulttest.Master(t), ring, nil, now)
	before := ring.Reads()
	for range 5 {
		for range 100 {
			wantReadable(t, v, family, rina, sealed, "x")
		}
		now.Add(30 * time.Second)
	}
	if n := ring.Reads() - before; n != 5 {
		t.Errorf("the ring was asked %d times for 500 values in 150 seconds, want 5", n)
	}
}

// destroyWhileLoading destroys the person between the ring's answer and its
// arrival in the vault.
type destroyWhileLoading struct {
	*vaulttest.Keys
	answered func()
}

func (k *destroyWhileLoading) Person(ctx context.Context, home id.Tenant, s id.Subject) ([]byte, bool, error) {
	w, gone, err := k.Keys.Person(ctx, home, s)
	if f := k.answered; f != nil {
		k.answered = nil
		f()
	}
	return w, gone, err
}

func TestDestroyPerson_whileTheKeyIsLoaded(t *testing.T) {
	t.Parallel()
	ring := &destroyWhileLoading{Keys: vaulttest.NewKeys()}
	sealed := seal(t, vault.New(vaulttest.Master(t), ring, nil, still()), family, rina, nil, "x")
	v := vault.New(vaulttest.Master(t), ring, nil, still())
	ring.answered = func() {
		if err := v.DestroyPerson(t.Context(), family, rina); err != nil {
			t.Error(err)
		}
	}
	// This one began before the destruction and may end either way.
	_, _ = v.OpenValue(t.Context(), family, rina, nil, sealed)
	_, err := v.OpenValue(t.Context(), family, rina, nil, sealed)
	wantFault(t, "after the destruction", err, fault.NotFound, vault.KeyDestroyed)
}

// brokenRing fails where it is told to.
type brokenRing struct {
	*vaulttest.Keys
	err    error
	putErr error
}

func (k *brokenRing) PutPerson(ctx context.Context, home id.Tenant, s id.Subject, w []byte) error {
	if k.putErr != nil {
		return k.putErr
	}
	return k.Keys.PutPerson(ctx, home, s, w)
}

func (k *brokenRing) Person(ctx context.Context, home id.Tenant, s id.Subject) ([]byte, bool, error) {
	if k.err != nil {
		return nil, false, k.err
	}
	return k.Keys.Person(ctx, home, s)
}

func TestRing_failureIsNotAbsence(t *testing.T) {
	t.Parallel()
	ring := &brokenRing{Keys: vaulttest.NewKeys(), err: fault.New(fault.Unavailable, "ring", "store.busy")}
	v := vault.New(vaulttest.Master(t), ring, nil, still())
	_, err := v.SealValue(t.Context(), family, rina, nil, []byte("x"))
	wantFault(t, "busy ring", err, fault.Unavailable, "store.busy")
	ring.err = errors.New("disk")
	_, err = v.SealValue(t.Context(), family, rina, nil, []byte("x"))
	wantFault(t, "broken ring", err, fault.Internal, "")
	if ring.Writes() != 0 {
		t.Error("a key was made although the ring could not say that there is none")
	}
	ring.err, ring.putErr = nil, fault.New(fault.Unavailable, "ring", "store.full")
	_, err = v.SealValue(t.Context(), family, rina, nil, []byte("x"))
	wantFault(t, "full ring", err, fault.Unavailable, "store.full")
	ring.putErr = nil
	wantReadable(t, v, family, rina, seal(t, v, family, rina, nil, "x"), "x")
}

// A person's key without its tenant's means a damaged ring: a new tenant key
// must not hide that.
func TestRing_lostTenantKeyIsNotReplaced(t *testing.T) {
	t.Parallel()
	ring := vaulttest.NewKeys()
	if err := ring.PutPerson(t.Context(), family, rina, []byte("wrapped by a lost key")); err != nil {
		t.Fatal(err)
	}
	v := vault.New(vaulttest.Master(t), ring, nil, still())
	_, err := v.SealValue(t.Context(), family, rina, nil, []byte("x"))
	wantFault(t, "lost tenant key", err, fault.NotFound, vault.KeyMissing)
	if ring.Writes() != 1 {
		t.Error("a tenant key was made")
	}
	seal(t, v, family, nobody, nil, "now the tenant has another key")
	_, err = v.SealValue(t.Context(), family, rina, nil, []byte("x"))
	wantFault(t, "foreign tenant key", err, fault.Internal, "vault.key_damaged")
}

func TestFile_destroyedWhileRead(t *testing.T) {
	t.Parallel()
	v := vaulttest.New(t)
	content := strings.Repeat("struk ", 50_000)
	putFile(t, v, family, rina, vaulttest.Receipt, content)
	r, err := v.OpenFile(t.Context(), family, rina, vaulttest.Receipt)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.DestroyPerson(t.Context(), family, rina); err != nil {
		t.Fatal(err)
	}
	// Who already had it open goes on: the wiping of the cache must not garble.
	if b, err := io.ReadAll(r); err != nil || string(b) != content {
		t.Errorf("%d bytes, %v", len(b), err)
	}
}
