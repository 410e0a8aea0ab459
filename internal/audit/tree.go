package audit

import "golang.org/x/mod/sumdb/tlog"

// blockSize is how many leaves a block holds: a subtree of height blockHeight.
const (
	blockHeight = 8
	blockSize   = 1 << blockHeight
)

// hasher grows a Merkle tree (RFC 9162, as package tlog has it) leaf by leaf, or by
// whole blocks, and holds only the complete subtrees at its right edge.
type hasher struct {
	size  int64
	edge  []tlog.Hash
	level []int
}

// add appends a leaf.
func (h *hasher) add(leaf tlog.Hash) { h.push(leaf, 0) }

// addBlock appends a block of leaves by its root; the size is a multiple of
// blockSize.
func (h *hasher) addBlock(root tlog.Hash) { h.push(root, blockHeight) }

func (h *hasher) push(x tlog.Hash, level int) {
	h.size += 1 << level
	for n := len(h.edge) - 1; n >= 0 && h.level[n] == level; n-- {
		x, level = tlog.NodeHash(h.edge[n], x), level+1
		h.edge, h.level = h.edge[:n], h.level[:n]
	}
	h.edge, h.level = append(h.edge, x), append(h.level, level)
}

// root is the hash of the whole tree.
func (h *hasher) root() tlog.Hash {
	n := len(h.edge)
	if n == 0 {
		empty, _ := tlog.TreeHash(0, nil) // of nothing: it reads no hash
		return empty
	}
	x := h.edge[n-1]
	for i := n - 2; i >= 0; i-- {
		x = tlog.NodeHash(h.edge[i], x)
	}
	return x
}

// rootOf is the hash over the leaves of one block.
func rootOf(hashes []byte) tlog.Hash {
	var h hasher
	for ; len(hashes) >= tlog.HashSize; hashes = hashes[tlog.HashSize:] {
		h.add(tlog.Hash(hashes[:tlog.HashSize]))
	}
	return h.root()
}
