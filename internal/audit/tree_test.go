package audit

import (
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// The tree is tlog's at every size, whether it grows by leaves or by blocks.
func TestHasher_isTlog(t *testing.T) {
	t.Parallel()
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		var out []tlog.Hash
		for _, i := range at {
			out = append(out, stored[i])
		}
		return out, nil
	})
	var byLeaf, byBlock hasher
	var hashes []byte
	for n := range int64(3*blockSize + 7) {
		h := tlog.RecordHash([]byte{byte(n), byte(n >> 8)})
		more, err := tlog.StoredHashesForRecordHash(n, h, reader)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, more...)
		byLeaf.add(h)
		if hashes = append(hashes, h[:]...); len(hashes) == blockSize*tlog.HashSize {
			byBlock.addBlock(rootOf(hashes))
			hashes = nil
		}
		want, err := tlog.TreeHash(n+1, reader)
		if err != nil {
			t.Fatal(err)
		}
		if byLeaf.root() != want || byLeaf.size != n+1 {
			t.Fatalf("at %d leaves the root is another", n+1)
		}
		if hashes == nil && byBlock.root() != want {
			t.Fatalf("at %d leaves the root by blocks is another", n+1)
		}
	}
}
