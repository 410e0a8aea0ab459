package vault_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/vault"
	"amanah/internal/vault/vaulttest"
)

var receiptName = family.String() + "/" + rina.String() + "/" + vaulttest.Receipt.String()

func fileVault(t *testing.T) (*vault.Vault, *vaulttest.Files) {
	t.Helper()
	files := vaulttest.NewFiles()
	return vault.New(vaulttest.Master(t), vaulttest.NewKeys(), nil, still(), vault.Options{Files: files}), files
}

func readFile(t *testing.T, v *vault.Vault, home id.Tenant, s id.Subject, f vault.FileID) ([]byte, error) {
	t.Helper()
	r, err := v.OpenFile(t.Context(), home, s, f)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(r)
	return b, errors.Join(err, r.Close())
}

func TestFile_roundTrip(t *testing.T) {
	t.Parallel()
	v, files := fileVault(t)
	const first = 65536 - 16 - 40 // content of the first segment
	check := func(n int, wrap func(io.Reader) io.Reader) {
		plain := bytes.Repeat([]byte("struk"), n/5+1)[:n]
		size, err := v.PutFile(t.Context(), family, rina, vaulttest.Receipt, wrap(bytes.NewReader(plain)))
		if err != nil || size != int64(n) {
			t.Fatalf("PutFile of %d: %d, %v", n, size, err)
		}
		if bytes.Contains(files.Raw(receiptName), []byte("struk")) {
			t.Fatalf("the stored file of %d contains the content", n)
		}
		got, err := readFile(t, v, family, rina, vaulttest.Receipt)
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("%d came back as %d, %v", n, len(got), err)
		}
	}
	asIs := func(r io.Reader) io.Reader { return r }
	for _, n := range []int{0, 1, first - 1, first, first + 1, first + 65520, first + 65521, 1 << 20} {
		check(n, asIs)
		check(n, iotest.DataErrReader)
	}
	check(3000, iotest.OneByteReader)
	rapid.Check(t, func(r *rapid.T) { check(rapid.IntRange(0, 300_000).Draw(r, "size"), iotest.HalfReader) })
}

func TestFile_everyChangeIsRefused(t *testing.T) {
	t.Parallel()
	v, files := fileVault(t)
	putFile(t, v, family, rina, vaulttest.Receipt, strings.Repeat("struk", 30_000))
	sealed := files.Raw(receiptName)
	try := func(what string, bad []byte) {
		t.Helper()
		if err := files.Put(t.Context(), receiptName, bytes.NewReader(bad)); err != nil {
			t.Fatal(err)
		}
		_, err := readFile(t, v, family, rina, vaulttest.Receipt)
		wantFault(t, what, err, fault.Invalid, vault.KeyTampered)
	}
	for _, at := range []int{0, 1, 4, 5, 6, 37, 38, 44, 45, 100, 65540, 65541, 65542, 131_076, 131_077, len(sealed) - 17, len(sealed) - 1} {
		for bit := range 8 {
			bad := bytes.Clone(sealed)
			bad[at] ^= 1 << bit
			try("changed bit", bad)
		}
	}
	for _, n := range []int{0, 1, 4, 5, 6, 44, 45, 60, 61, 65541, 65542, 131_077, len(sealed) - 1} {
		try("cut", sealed[:n])
	}
	try("longer", append(bytes.Clone(sealed), 0))
	const seg = 65536
	swapped := bytes.Join([][]byte{sealed[:5], sealed[5+seg : 5+2*seg], sealed[5 : 5+seg], sealed[5+2*seg:]}, nil)
	try("segments swapped", swapped)
	try("segment left out", append(bytes.Clone(sealed[:5+seg]), sealed[5+2*seg:]...))
}

// A reader that failed stays failed: asked again it must not say that the file
// has ended well.
func TestFile_failureIsLasting(t *testing.T) {
	t.Parallel()
	v, files := fileVault(t)
	putFile(t, v, family, rina, vaulttest.Receipt, strings.Repeat("struk", 30_000))
	sealed := files.Raw(receiptName)
	sealed[len(sealed)-1] ^= 1
	if err := files.Put(t.Context(), receiptName, bytes.NewReader(sealed)); err != nil {
		t.Fatal(err)
	}
	r, err := v.OpenFile(t.Context(), family, rina, vaulttest.Receipt)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(io.Discard, r)
	wantFault(t, "first", err, fault.Invalid, vault.KeyTampered)
	for range 3 {
		_, err = r.Read(make([]byte, 10))
		wantFault(t, "again", err, fault.Invalid, vault.KeyTampered)
	}
}

func TestFile_elsewhereIsRefused(t *testing.T) {
	t.Parallel()
	v, files := fileVault(t)
	putFile(t, v, family, rina, vaulttest.Receipt, "a receipt")
	sealed := files.Raw(receiptName)
	for what, c := range map[string]struct {
		home id.Tenant
		who  id.Subject
		file vault.FileID
	}{
		"file":   {family, rina, vaulttest.Slip},
		"person": {family, dewi, vaulttest.Receipt},
		"own":    {family, nobody, vaulttest.Receipt},
		"tenant": {school, rina, vaulttest.Receipt},
	} {
		_, err := readFile(t, v, family, rina, vaulttest.Slip)
		wantFault(t, "no such file", err, fault.NotFound, "vault.no_file")
		putFile(t, v, c.home, c.who, c.file, "so that there is a key")
		name := c.home.String() + "/" + c.who.String() + "/" + c.file.String()
		if err := files.Put(t.Context(), name, bytes.NewReader(sealed)); err != nil {
			t.Fatal(err)
		}
		_, err = readFile(t, v, c.home, c.who, c.file)
		wantFault(t, "wrong "+what, err, fault.Invalid, vault.KeyTampered)
		if err := v.DeleteFile(t.Context(), c.home, c.who, c.file); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFile_failingSourceKeepsNothing(t *testing.T) {
	t.Parallel()
	v, files := fileVault(t)
	tooLarge := fault.New(fault.TooLarge, "mail", "mail.too_large")
	for _, n := range []int{0, 10, 200_000} {
		src := io.MultiReader(bytes.NewReader(make([]byte, n)), iotest.ErrReader(tooLarge))
		_, err := v.PutFile(t.Context(), family, rina, vaulttest.Receipt, src)
		wantFault(t, "source", err, fault.TooLarge, "mail.too_large")
		if files.Raw(receiptName) != nil {
			t.Error("half a file was kept")
		}
	}
}

// cutFiles gives the content up to a broken connection.
type cutFiles struct {
	*vaulttest.Files
	after int64
	err   error
}

func (f cutFiles) Open(ctx context.Context, name string) (io.ReadCloser, error) {
	r, err := f.Files.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	return io.NopCloser(io.MultiReader(io.LimitReader(r, f.after), iotest.ErrReader(f.err))), nil
}

func TestFile_brokenConnectionIsNotTampering(t *testing.T) {
	t.Parallel()
	_, files := fileVault(t)
	for _, cause := range []error{errors.New("reset"), io.ErrUnexpectedEOF} {
		for _, after := range []int64{0, 3, 5, 20, 100, 65541, 100_000} {
			v := vault.New(vaulttest.Master(t), vaulttest.NewKeys(), nil, still(), vault.Options{Files: cutFiles{files, after, cause}})
			putFile(t, v, family, rina, vaulttest.Receipt, strings.Repeat("struk", 30_000))
			_, err := readFile(t, v, family, rina, vaulttest.Receipt)
			wantFault(t, "broken connection", err, fault.Unavailable, "vault.file_unread")
		}
	}
}

func TestFile_memoryDoesNotGrow(t *testing.T) {
	dir := openFolder(t, t.TempDir())
	v := vault.New(vaulttest.Master(t), vaulttest.NewKeys(), nil, still(), vault.Options{Files: dir})
	const size = 32 << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	n, err := v.PutFile(t.Context(), family, rina, vaulttest.Receipt, io.LimitReader(endless{}, size))
	if err != nil || n != size {
		t.Fatalf("PutFile: %d, %v", n, err)
	}
	r, err := v.OpenFile(t.Context(), family, rina, vaulttest.Receipt)
	if err != nil {
		t.Fatal(err)
	}
	n, err = io.Copy(io.Discard, r)
	if err = errors.Join(err, r.Close()); err != nil || n != size {
		t.Fatalf("OpenFile: %d, %v", n, err)
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 4<<20 {
		t.Errorf("%d MB allocated for a file of %d MB", grown>>20, size>>20)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestFile_misuse(t *testing.T) {
	t.Parallel()
	none := vault.New(vaulttest.Master(t), vaulttest.NewKeys(), nil, still())
	_, err := none.PutFile(t.Context(), family, rina, vaulttest.Receipt, strings.NewReader("x"))
	wantFault(t, "no place", err, fault.Internal, "vault.no_files")
	_, err = none.DeleteFiles(t.Context(), family, rina)
	wantFault(t, "no place", err, fault.Internal, "vault.no_files")
	v, _ := fileVault(t)
	_, err = v.OpenFile(t.Context(), family, rina, vault.FileID{})
	wantFault(t, "no file", err, fault.NotFound, "vault.no_file")
	_, err = v.DeleteFiles(t.Context(), id.Tenant{}, rina)
	wantFault(t, "no tenant", err, fault.Internal, "vault.no_files")
}

func TestFileID_storesLikeAnyID(t *testing.T) {
	t.Parallel()
	v, err := vaulttest.Receipt.Value()
	var back vault.FileID
	if err != nil || v != vaulttest.Receipt.String() || back.Scan(v) != nil || back != vaulttest.Receipt {
		t.Errorf("stored as %v, %v; read as %v", v, err, back)
	}
	b, err := back.MarshalText()
	var text vault.FileID
	if err != nil || text.UnmarshalText(b) != nil || text != back {
		t.Errorf("text %s, %v", b, err)
	}
	if p, err := vault.ParseFileID(string(b)); err != nil || p != back {
		t.Errorf("parsed %v, %v", p, err)
	}
	if v, err := (vault.FileID{}).Value(); v != nil || err != nil {
		t.Errorf("no file is stored as %v, %v; want NULL", v, err)
	}
}
