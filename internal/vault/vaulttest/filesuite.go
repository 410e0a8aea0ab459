package vaulttest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"amanah/internal/fault"
	"amanah/internal/vault"
)

// TestFiles is what every place of files must do. open gives an empty one.
func TestFiles(t *testing.T, open func(*testing.T) vault.Files) {
	for name, run := range map[string]func(*testing.T, vault.Files){
		"what is put can be opened":          putOpen,
		"a second put replaces":              putReplaces,
		"a failing source leaves the old":    putFails,
		"a deleted file is gone":             deleteGone,
		"the list has the prefix only":       listPrefix,
		"a name that is no id is refused":    badNames,
		"a cancelled call does nothing":      cancelled,
		"large files come back byte by byte": largeFile,
	} {
		t.Run(name, func(t *testing.T) { t.Parallel(); run(t, open(t)) })
	}
}

const (
	nameA = "0190a000-0000-7000-8000-00000000000a/0190a000-0000-7000-8000-000000000001/0190a000-0000-7000-8000-0000000000f1"
	nameB = "0190a000-0000-7000-8000-00000000000a/0190a000-0000-7000-8000-000000000001/0190a000-0000-7000-8000-0000000000f2"
	nameC = "0190a000-0000-7000-8000-00000000000a/0190a000-0000-7000-8000-000000000002/0190a000-0000-7000-8000-0000000000f1"
)

func put(t *testing.T, f vault.Files, name, content string) {
	t.Helper()
	if err := f.Put(bg, name, strings.NewReader(content)); err != nil {
		t.Fatal(err)
	}
}

func wantFile(t *testing.T, f vault.Files, name, want string) {
	t.Helper()
	r, err := f.Open(bg, name)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil || string(b) != want {
		t.Errorf("%s: %d bytes, %v; want %d bytes", name, len(b), err, len(want))
	}
}

func wantNoFile(t *testing.T, f vault.Files, name string) {
	t.Helper()
	r, err := f.Open(bg, name)
	if err == nil {
		_ = r.Close()
	}
	wantCode(t, "Open", err, fault.NotFound)
}

func names(t *testing.T, f vault.Files, prefix string) (out []string) {
	t.Helper()
	for n, err := range f.List(bg, prefix) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, n)
	}
	return out
}

func putOpen(t *testing.T, f vault.Files) {
	wantNoFile(t, f, nameA)
	put(t, f, nameA, "struk kopi")
	put(t, f, nameB, "")
	wantFile(t, f, nameA, "struk kopi")
	wantFile(t, f, nameB, "")
}

func putReplaces(t *testing.T, f vault.Files) {
	put(t, f, nameA, "a longer first content")
	put(t, f, nameA, "second")
	wantFile(t, f, nameA, "second")
}

func putFails(t *testing.T, f vault.Files) {
	broken := errors.New("the line broke")
	src := func(n int) io.Reader {
		return io.MultiReader(bytes.NewReader(make([]byte, n)), iotest.ErrReader(broken))
	}
	for _, n := range []int{0, 100, 3 << 20} {
		if err := f.Put(bg, nameA, src(n)); !errors.Is(err, broken) {
			t.Errorf("Put of a source that fails after %d bytes: %v", n, err)
		}
		wantNoFile(t, f, nameA)
	}
	put(t, f, nameA, "first")
	if err := f.Put(bg, nameA, src(3<<20)); !errors.Is(err, broken) {
		t.Errorf("Put: %v", err)
	}
	wantFile(t, f, nameA, "first")
	if got := names(t, f, ""); len(got) != 1 {
		t.Errorf("left behind: %v", got)
	}
}

func deleteGone(t *testing.T, f vault.Files) {
	put(t, f, nameA, "first")
	put(t, f, nameB, "second")
	for range 2 {
		if err := f.Delete(bg, nameA); err != nil {
			t.Fatal(err)
		}
		wantNoFile(t, f, nameA)
	}
	wantFile(t, f, nameB, "second")
	if err := f.Delete(bg, nameB); err != nil {
		t.Fatal(err)
	}
	put(t, f, nameB, "third")
	wantFile(t, f, nameB, "third")
}

func listPrefix(t *testing.T, f vault.Files) {
	for _, n := range []string{nameC, nameB, nameA} {
		put(t, f, n, "x")
	}
	for prefix, want := range map[string]string{
		"":                                      nameA + " " + nameB + " " + nameC,
		nameA[:37]:                              nameA + " " + nameB + " " + nameC,
		nameA[:74]:                              nameA + " " + nameB,
		nameC[:74]:                              nameC,
		nameA[:70]:                              nameA + " " + nameB + " " + nameC,
		"ffffffff-0000-7000-8000-00000000000a/": "",
	} {
		if got := strings.Join(names(t, f, prefix), " "); got != want {
			t.Errorf("List(%q):\n got %s\nwant %s", prefix, got, want)
		}
	}
	for range f.List(bg, "") {
		break // ending early is allowed
	}
}

func badNames(t *testing.T, f vault.Files) {
	for _, n := range []string{"", "/", "..", "../x", "a/../b", "/a", "a/", "a//b", "A", "rina", "a\x00", `a\b`, ".incoming/1"} {
		if f.Put(bg, n, strings.NewReader("x")) == nil {
			t.Errorf("Put(%q) was taken", n)
		}
		if _, err := f.Open(bg, n); err == nil {
			t.Errorf("Open(%q) was taken", n)
		}
		if f.Delete(bg, n) == nil {
			t.Errorf("Delete(%q) was taken", n)
		}
	}
}

func cancelled(t *testing.T, f vault.Files) {
	ctx, cancel := context.WithCancel(bg)
	put(t, f, nameA, "first")
	cancel()
	if err := f.Put(ctx, nameA, strings.NewReader("second")); err == nil {
		t.Error("Put with a cancelled context was taken")
	}
	wantFile(t, f, nameA, "first")
	for _, err := range f.List(ctx, "") {
		if err == nil {
			t.Error("List with a cancelled context gave a name")
		}
	}
}

func largeFile(t *testing.T, f vault.Files) {
	b := make([]byte, 9<<20+7)
	for i := range b {
		b[i] = byte(i ^ i>>8 ^ i>>16)
	}
	if err := f.Put(bg, nameA, iotest.HalfReader(bytes.NewReader(b))); err != nil {
		t.Fatal(err)
	}
	wantFile(t, f, nameA, string(b))
}
