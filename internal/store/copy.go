package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"math/bits"
)

// TableFigure is what a table holds: how many rows, and the sum of their digests,
// which does not ask for an order.
type TableFigure struct {
	Rows   int64  `json:"rows"`
	Digest string `json:"digest"`
}

// Figures are what one snapshot of a database holds.
type Figures struct {
	Engine string `json:"engine"`
	// Schema is the number of the last migration.
	Schema int64                  `json:"schema"`
	Tables map[string]TableFigure `json:"tables"`
	// Journal is how far the journal had come.
	Seq  int64  `json:"journal_seq"`
	Hash string `json:"journal_hash"`
	// AuditEntries counts the audit log; AuditDigest is that of its signed checkpoints.
	AuditEntries int64  `json:"audit_entries"`
	AuditDigest  string `json:"audit_digest"`
}

// audit takes the audit log's figures out of the tables'.
func (f *Figures) audit() {
	f.AuditEntries = f.Tables["audit_entries"].Rows
	f.AuditDigest = f.Tables["audit_checkpoints"].Digest
}

// Rows are those of all tables.
func (f Figures) Rows() (n int64) {
	for _, t := range f.Tables {
		n += t.Rows
	}
	return n
}

// Copy writes one snapshot of the whole database, without the key ring, and tells
// what it holds. Writers go on meanwhile. SQLite: the encrypted file, by way of a
// file in tmp; PostgreSQL: pg_dump's custom format.
func (db *DB) Copy(ctx context.Context, tmp string, w io.Writer) (Figures, error) {
	if db.pg != nil {
		f, err := db.copyPostgres(ctx, w)
		return f, wrap("store.Copy", err)
	}
	f, err := db.copySQLite(ctx, tmp, w)
	return f, wrap("store.Copy", err)
}

// rowsum adds up digests of rows, modulo 2^256.
type rowsum struct {
	rows int64
	sum  [4]uint64
	buf  []byte
}

func newRowsum() *rowsum { return &rowsum{} }

// value adds one value of the present row.
func (r *rowsum) value(kind byte, b []byte) {
	n := len(b)
	r.buf = append(r.buf, kind, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
	r.buf = append(r.buf, b...)
}

// end ends the row.
func (r *rowsum) end() {
	d := sha256.Sum256(r.buf)
	r.buf = r.buf[:0]
	r.rows++
	var carry uint64
	for i := range r.sum {
		var v uint64
		for j := range 8 {
			v = v<<8 | uint64(d[i*8+j])
		}
		r.sum[i], carry = bits.Add64(r.sum[i], v, carry)
	}
}

func (r *rowsum) figure() TableFigure {
	var b [32]byte
	for i, v := range r.sum {
		for j := range 8 {
			b[i*8+j] = byte(v >> (56 - 8*j))
		}
	}
	return TableFigure{Rows: r.rows, Digest: hex.EncodeToString(b[:])}
}
