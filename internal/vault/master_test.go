package vault_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"amanah/internal/fault"
	"amanah/internal/vault"
	"amanah/internal/vault/vaulttest"
)

func fileMaster(t *testing.T, path string) vault.Master {
	t.Helper()
	m, err := vault.FileMaster(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestFileMaster_firstStart(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "keys")
	path := filepath.Join(dir, "master.key")
	m := fileMaster(t, path)
	for p, want := range map[string]os.FileMode{path: 0o600, dir: 0o700} {
		if info, err := os.Stat(p); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want mode %o", p, info.Mode(), err, want)
		}
	}
	key, err := os.ReadFile(path)
	if err != nil || len(key) != 32 || bytes.Equal(key, make([]byte, 32)) {
		t.Errorf("%d bytes, %v", len(key), err)
	}
	if left := tree(t, dir); len(left) != 2 {
		t.Errorf("left behind: %v", left)
	}
	again := fileMaster(t, path)
	w, err := m.Wrap(t.Context(), []byte("tenant key"), []byte("aad"))
	if err != nil {
		t.Fatal(err)
	}
	if p, err := again.Unwrap(t.Context(), w, []byte("aad")); err != nil || string(p) != "tenant key" {
		t.Errorf("a second start reads %q, %v", p, err)
	}
	if again.ID() != m.ID() || strings.Contains(m.ID(), string(key)) {
		t.Errorf("ids %s and %s", m.ID(), again.ID())
	}
	if _, err := again.Unwrap(t.Context(), w, []byte("other")); !fault.Is(err, fault.Invalid) {
		t.Errorf("another aad: %v", err)
	}
}

func TestFileMaster_ofManyFirstStartsOneWins(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "master.key")
	ids := make([]string, 20)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			m, err := vault.FileMaster(path, nil)
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = m.ID()
		})
	}
	wg.Wait()
	for _, got := range ids {
		if got != ids[0] {
			t.Fatalf("several masters: %v", ids)
		}
	}
}

func TestFileMaster_refuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		size    int
		mode    os.FileMode
		dirMode os.FileMode
		key     string
		says    string
	}{
		"group reads":           {32, 0o640, 0o700, "vault.master_open_to_others", "chmod 600 "},
		"others read":           {32, 0o604, 0o700, "vault.master_open_to_others", "chmod 600 "},
		"group writes":          {32, 0o620, 0o700, "vault.master_open_to_others", "chmod 600 "},
		"everybody's folder":    {32, 0o600, 0o777, "vault.master_folder_open", "chmod 700 "},
		"empty file":            {0, 0o600, 0o700, "vault.master_size", "32 bytes"},
		"short file":            {31, 0o600, 0o700, "vault.master_size", "32 bytes"},
		"file with a line feed": {33, 0o600, 0o700, "vault.master_size", "32 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := filepath.Join(dir, "master.key")
			key := bytes.Repeat([]byte("K"), c.size)
			if err := errors.Join(os.WriteFile(path, key, 0o600), os.Chmod(path, c.mode), os.Chmod(dir, c.dirMode)); err != nil {
				t.Fatal(err)
			}
			_, err := vault.FileMaster(path, nil)
			wantFault(t, name, err, fault.Invalid, c.key)
			if err != nil && (!strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "KKKK")) {
				t.Errorf("the fault says %q; it must say %q and not the key", err, c.says)
			}
			if b, _ := os.ReadFile(path); !bytes.Equal(b, key) {
				t.Error("the file was changed")
			}
		})
	}
}

func TestFileMaster_withoutRandomnessLeavesNoFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "master.key")
	if _, err := vault.FileMaster(path, bytes.NewReader(make([]byte, 31))); err == nil {
		t.Error("a key was made of 31 bytes")
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("there is a file: %v", err)
	}
}

func TestEnvMaster(t *testing.T) {
	t.Parallel()
	key := bytes.Repeat([]byte{0xfb, 0xef, 0xff, 0x01}, 8)
	std := base64.StdEncoding.EncodeToString(key)
	want, err := vault.EnvMaster(std)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{std + "\n", " " + std, base64.URLEncoding.EncodeToString(key), base64.RawURLEncoding.EncodeToString(key)} {
		if m, err := vault.EnvMaster(s); err != nil || m.ID() != want.ID() {
			t.Errorf("%q: %v", s, err)
		}
	}
	for _, s := range []string{"", "secret-passphrase", std[:40], std + "AAAA", strings.Repeat("!", 44)} {
		_, err := vault.EnvMaster(s)
		wantFault(t, s, err, fault.Invalid, "vault.master_env")
		if err != nil && len(s) > 4 && strings.Contains(err.Error(), s) {
			t.Errorf("the fault repeats the key: %v", err)
		}
	}
}

func TestOtherMaster(t *testing.T) {
	t.Parallel()
	ring := vaulttest.NewKeys()
	sealed := seal(t, vault.New(vaulttest.Master(t), ring, nil, still()), family, rina, nil, "x")
	for _, m := range []vault.Master{fileMaster(t, filepath.Join(t.TempDir(), "k")), vault.KMSMaster(&fakeKMS{}, "alias/amanah")} {
		v := vault.New(m, ring, nil, still())
		_, err := v.OpenValue(t.Context(), family, rina, nil, sealed)
		wantFault(t, m.ID(), err, fault.Unavailable, vault.KeyOtherMaster)
		_, err = v.SealValue(t.Context(), family, rina, nil, nil)
		wantFault(t, m.ID(), err, fault.Unavailable, vault.KeyOtherMaster)
	}
	if ring.Writes() != 2 {
		t.Error("another master made new keys beside the old")
	}
}

// fakeKMS seals by a key of its own, so that aad and key name are held to.
type fakeKMS struct {
	calls int
	err   error
}

func (k *fakeKMS) Encrypt(_ context.Context, keyID string, plain, aad []byte) ([]byte, error) {
	k.calls++
	return bytes.Join([][]byte{[]byte(keyID), aad, plain}, []byte("|")), k.err
}

func (k *fakeKMS) Decrypt(_ context.Context, keyID string, sealed, aad []byte) ([]byte, error) {
	k.calls++
	plain, ok := bytes.CutPrefix(sealed, bytes.Join([][]byte{[]byte(keyID), aad, nil}, []byte("|")))
	if !ok {
		return nil, errors.New("InvalidCiphertext")
	}
	return plain, k.err
}

func TestKMSMaster(t *testing.T) {
	t.Parallel()
	kms, ring := &fakeKMS{}, vaulttest.NewKeys()
	v := vault.New(vault.KMSMaster(kms, "alias/amanah"), ring, nil, still())
	sealed := seal(t, v, family, rina, nil, "x")
	for range 10 {
		wantReadable(t, v, family, rina, sealed, "x")
	}
	if kms.calls != 2 {
		t.Errorf("%d calls, want one to wrap and one to unwrap", kms.calls)
	}
	w, err := ring.Tenant(t.Context(), family)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := vault.KMSMaster(kms, "alias/amanah").Unwrap(t.Context(), w, []byte("another tenant")); !fault.Is(err, fault.Unavailable) {
		t.Errorf("another aad: %v", err)
	}
	_, err = vault.KMSMaster(kms, "alias/other").Unwrap(t.Context(), w, nil)
	wantFault(t, "another key", err, fault.Unavailable, vault.KeyOtherMaster)
	kms.err = errors.New("ThrottlingException")
	_, err = vault.New(vault.KMSMaster(kms, "alias/amanah"), ring, nil, still()).OpenValue(t.Context(), family, rina, nil, sealed)
	wantFault(t, "KMS down", err, fault.Unavailable, "vault.kms")
}
