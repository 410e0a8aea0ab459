package vault

import "encoding/binary"

// AAD composes a row's identity into the associated data of one sealed value.
// Each part is preceded by its length, so that no two rows have the same.
// Table and column are the names that the value was sealed under: renaming a
// column needs its values to be sealed anew, or the old name kept here.
func AAD(table, rowID, column string) []byte { return parts(table, rowID, column) }

func parts(list ...string) []byte {
	n := 0
	for _, s := range list {
		n += 4 + len(s)
	}
	b := make([]byte, 0, n)
	for _, s := range list {
		b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
		b = append(b, s...)
	}
	return b
}
