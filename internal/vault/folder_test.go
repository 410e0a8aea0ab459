package vault_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"amanah/internal/vault"
	"amanah/internal/vault/vaulttest"
)

func openFolder(t *testing.T, dir string) *vault.Folder {
	t.Helper()
	d, err := vault.NewFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func TestFolderIsFiles(t *testing.T) {
	t.Parallel()
	vaulttest.TestFiles(t, func(t *testing.T) vault.Files { return openFolder(t, t.TempDir()) })
}

// tree lists everything below dir with its mode.
func tree(t *testing.T, dir string) map[string]fs.FileMode {
	t.Helper()
	m := map[string]fs.FileMode{}
	err := filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		rel, _ := filepath.Rel(dir, p)
		m[rel] = info.Mode().Perm()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestFolder_modesAndLeftovers(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "files")
	d := openFolder(t, dir)
	name := vaulttest.Family.String() + "/" + vaulttest.Rina.String() + "/" + vaulttest.Receipt.String()
	if err := d.Put(t.Context(), name, strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	for p, mode := range tree(t, dir) {
		if mode&0o077 != 0 {
			t.Errorf("%s has mode %o: others can get at it", p, mode)
		}
	}
	half := filepath.Join(dir, ".incoming", "99")
	if err := os.WriteFile(half, []byte("half a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	openFolder(t, dir)
	if _, err := os.Stat(half); !os.IsNotExist(err) {
		t.Errorf("what a crash left is still there: %v", err)
	}
	if err := d.Delete(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	if m := tree(t, dir); len(m) != 2 {
		t.Errorf("after the last file is deleted its folders remain: %v", m)
	}
}

// A second name of the same bytes shows that they were overwritten, not only
// unlinked.
func TestFolder_deleteOverwrites(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := openFolder(t, dir)
	name := vaulttest.Receipt.String()
	if err := d.Put(t.Context(), name, strings.NewReader("some content")); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "other-name")
	if err := os.Link(filepath.Join(dir, name), other); err != nil {
		t.Fatal(err)
	}
	if err := d.Delete(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(other); err != nil || strings.Trim(string(b), "\x00") != "" {
		t.Errorf("the blocks still hold %q, %v", b, err)
	}
}

func TestFolder_doesNotFollowLinksOut(t *testing.T) {
	t.Parallel()
	dir, outside := t.TempDir(), t.TempDir()
	d := openFolder(t, dir)
	if err := os.WriteFile(filepath.Join(outside, "f1"), []byte("not ours"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "abc")); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Open(t.Context(), "abc/f1"); err == nil {
		t.Error("a link led out of the folder")
	}
	if err := d.Put(t.Context(), "abc/f2", strings.NewReader("x")); err == nil {
		t.Error("a file was written outside of the folder")
	}
}

// Delete removes empty folders while Put makes them.
func TestFolder_putAndDeleteAtOnce(t *testing.T) {
	t.Parallel()
	d := openFolder(t, t.TempDir())
	person := vaulttest.Family.String() + "/" + vaulttest.Rina.String() + "/"
	var wg sync.WaitGroup
	for _, f := range []vault.FileID{vaulttest.Receipt, vaulttest.Slip} {
		wg.Go(func() {
			for range 50 {
				if err := d.Put(t.Context(), person+f.String(), strings.NewReader("x")); err != nil {
					t.Error(err)
				}
				if err := d.Delete(t.Context(), person+f.String()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}
