package audit

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"

	"amanah/internal/id"
)

var errWord = errors.New("a word of an entry holds a control character")

// leafVersion is the first field of a leaf.
const leafVersion = "2"

// commit hides an id: only who has the salt can tell whether it is a certain one.
func commit(who id.Subject) (salt, mark []byte, err error) {
	if who.IsZero() {
		sum := sha256.Sum256(nil)
		return nil, sum[:], nil
	}
	salt = make([]byte, sha256.Size)
	if _, err := rand.Read(salt); err != nil {
		return nil, nil, err
	}
	return salt, mark32(salt, who), nil
}

func mark32(salt []byte, who id.Subject) []byte {
	sum := sha256.Sum256(append(bytes.Clone(salt), who.String()...))
	return sum[:]
}

// fits tells whether an id that still stands there is the one that was committed to.
func fits(salt, mark []byte, who id.Subject) bool {
	return who.IsZero() || len(salt) == 0 || subtle.ConstantTimeCompare(mark32(salt, who), mark) == 1
}

// leaf is the content that is hashed: ten fields with tabs between them, without
// an end of line. What a person can be recognised by is not in it.
func (e *entry) leaf(b []byte) []byte {
	b = append(b, leafVersion...)
	b = append(append(b, '\t'), e.ID.String()...)
	b = strconv.AppendInt(append(b, '\t'), int64(e.At), 10)
	b = append(append(b, '\t'), e.ActorKind...)
	b = hex.AppendEncode(append(b, '\t'), e.ActorMark)
	b = append(append(b, '\t'), e.Act...)
	b = append(append(b, '\t'), e.Object...)
	b = strconv.AppendInt(append(b, '\t'), e.Count, 10)
	b = append(append(b, '\t'), e.Purpose...)
	return hex.AppendEncode(append(b, '\t'), e.Mark)
}

// hash is the leaf's hash in the tree: SHA-256 over a zero byte and the leaf.
func (e *entry) hash() tlog.Hash { return tlog.RecordHash(e.leaf(nil)) }

// opens tells whether the ids that still stand there are those of the leaf.
func (e *entry) opens() bool {
	return fits(e.Salt, e.Mark, e.Subject) && fits(e.ActorSalt, e.ActorMark, e.Actor)
}
