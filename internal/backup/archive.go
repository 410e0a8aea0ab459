package backup

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"amanah/internal/fault"
	"amanah/internal/store"
	"amanah/internal/vault"
)

const (
	magic = "amanah-backup-1\n"
	label = "backup/archive"
	// Suffix of an archive's name.
	Suffix = ".amanah-backup"
)

// Names of an archive's parts; each file of the vault is "files/" and its name.
const (
	partDatabase = "database"
	partManifest = "manifest.json"
	filesPrefix  = "files/"
)

// Manifest is what an archive says about itself; it is its last part, sealed and
// authenticated with it.
type Manifest struct {
	Version  int           `json:"version"`
	Program  string        `json:"program"`
	At       time.Time     `json:"at"` // of the snapshot
	Database store.Figures `json:"database"`
	Bytes    int64         `json:"database_bytes"`
	SHA256   string        `json:"database_sha256"`
	Files    FileFigures   `json:"files"`
}

// FileFigures sum the sealed files up. Digest is over name, length and digest of
// each, in the archive's order.
type FileFigures struct {
	Count  int64  `json:"count"`
	Bytes  int64  `json:"bytes"`
	Digest string `json:"digest"`
}

// writer writes an archive: a plain mark, the wrapped key, and one sealed stream
// of parts. A part is its name's length and name, then pieces of at most 64 KiB
// behind their length, and a length of zero.
type writer struct {
	sealed   io.WriteCloser
	buffered *bufio.Writer
	sums     sums
}

func newWriter(ctx context.Context, m vault.Master, random io.Reader, out io.Writer) (*writer, error) {
	e, err := vault.NewEnvelope(ctx, m, random, label)
	if err != nil {
		return nil, err
	}
	if _, err := io.WriteString(out, magic); err != nil {
		return nil, err
	}
	if err := e.WriteWrapped(out); err != nil {
		return nil, err
	}
	sealed, err := e.Writer(out, []byte(magic))
	if err != nil {
		return nil, err
	}
	return &writer{sealed: sealed, buffered: bufio.NewWriterSize(sealed, 1<<18), sums: newSums()}, nil
}

// part writes one part, whose content fill gives.
func (w *writer) part(name string, fill func(io.Writer) error) error {
	if _, err := w.buffered.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(name))), name...)); err != nil {
		return err
	}
	w.sums.begin()
	if err := fill(pieces{w}); err != nil {
		return err
	}
	if name != partManifest {
		w.sums.end(name)
	}
	_, err := w.buffered.Write([]byte{0, 0, 0, 0})
	return err
}

type pieces struct{ *writer }

// Write writes pieces.
func (p pieces) Write(b []byte) (n int, err error) {
	for len(b) > 0 {
		piece := b[:min(len(b), 64<<10)]
		if _, err := p.buffered.Write(binary.BigEndian.AppendUint32(nil, uint32(len(piece)))); err != nil {
			return n, err
		}
		if _, err := p.buffered.Write(piece); err != nil {
			return n, err
		}
		p.sums.write(piece)
		n, b = n+len(piece), b[len(piece):]
	}
	return n, nil
}

// close writes the manifest and makes the stream whole.
func (w *writer) close(m *Manifest) error {
	w.sums.fill(m)
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	err = w.part(partManifest, func(out io.Writer) error { _, err := out.Write(text); return err })
	return errors.Join(err, w.buffered.Flush(), w.sealed.Close())
}

// errTampered says which archive is not whole.
func errTampered(op, name string) error {
	return fault.New(fault.Invalid, op, "backup.tampered").With("archive", name).
		Cause(errors.New("the backup was changed or cut short: nothing of it was used"))
}

// walk reads an archive part by part and gives its manifest. Whatever each got
// was authenticated; but only when walk returns without an error was the archive
// whole. An archive that was changed or cut is a fault Invalid with
// backup.tampered.
func walk(ctx context.Context, m vault.Master, path string, each func(name string, r io.Reader) error) (*Manifest, error) {
	const op = "backup.walk"
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	defer f.Close()
	mark := make([]byte, len(magic))
	if _, err := io.ReadFull(f, mark); err != nil || string(mark) != magic {
		return nil, errTampered(op, path)
	}
	wrapped, err := vault.ReadWrapped(f)
	if err != nil {
		return nil, errTampered(op, path)
	}
	e, err := vault.OpenEnvelope(ctx, m, label, wrapped)
	if err != nil {
		return nil, tampered(op, path, err)
	}
	plain, err := e.Reader(f, []byte(magic))
	if err != nil {
		return nil, tampered(op, path, err)
	}
	got, err := readParts(ctx, bufio.NewReaderSize(plain, 1<<18), each)
	return got, tampered(op, path, err)
}

// tampered gives every sign of a changed archive the one fault.
func tampered(op, path string, err error) error {
	var f *fault.Error
	if errors.As(err, &f) && f.Key == vault.KeyTampered || errors.Is(err, errShape) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errTampered(op, path)
	}
	return fault.Wrap(op, err)
}

var errShape = errors.New("not the shape of an archive")

func readParts(ctx context.Context, r *bufio.Reader, each func(string, io.Reader) error) (*Manifest, error) {
	have := newSums()
	for {
		name, err := partName(r)
		if err != nil {
			return nil, err
		}
		p := &partReader{ctx: ctx, r: r, sums: &have}
		have.begin()
		if name == partManifest {
			return lastPart(p, r, have)
		}
		if err := each(name, p); err != nil {
			return nil, err
		}
		if _, err := io.Copy(io.Discard, p); err != nil {
			return nil, err
		}
		have.end(name)
	}
}

func partName(r io.Reader) (string, error) {
	var n [2]byte
	if _, err := io.ReadFull(r, n[:]); err != nil {
		return "", early(err)
	}
	name := make([]byte, binary.BigEndian.Uint16(n[:]))
	_, err := io.ReadFull(r, name)
	return string(name), early(err)
}

// early turns the end of the stream, which must not come yet, into its error.
func early(err error) error {
	if errors.Is(err, io.EOF) {
		return errShape
	}
	return err
}

func lastPart(p io.Reader, r *bufio.Reader, have sums) (*Manifest, error) {
	text, err := io.ReadAll(io.LimitReader(p, 16<<20))
	if err != nil {
		return nil, err
	}
	var m, check Manifest
	if err := json.Unmarshal(text, &m); err != nil || m.Version != 1 {
		return nil, errShape
	}
	if _, err := r.ReadByte(); !errors.Is(err, io.EOF) {
		return nil, errors.Join(errShape, err)
	}
	have.fill(&check)
	if check.SHA256 != m.SHA256 || check.Files != m.Files || check.Bytes != m.Bytes {
		return nil, errShape
	}
	return &m, nil
}

// partReader reads one part's pieces.
type partReader struct {
	ctx  context.Context
	r    io.Reader
	left uint32
	done bool
	sums *sums
}

// Read reads.
func (p *partReader) Read(b []byte) (int, error) {
	if p.done {
		return 0, io.EOF
	}
	if p.left == 0 {
		var n [4]byte
		if _, err := io.ReadFull(p.r, n[:]); err != nil {
			return 0, early(err)
		}
		if p.left = binary.BigEndian.Uint32(n[:]); p.left == 0 {
			p.done = true
			return 0, io.EOF
		}
		if p.left > 64<<10 {
			return 0, errShape
		}
		if err := p.ctx.Err(); err != nil {
			return 0, err
		}
	}
	n, err := io.ReadFull(p.r, b[:min(len(b), int(p.left))])
	p.left -= uint32(n)
	p.sums.write(b[:n])
	return n, early(err)
}

// sums are the digests of parts as they pass.
type sums struct {
	h       *digest
	all     *digest
	db      string
	dbBytes int64
	count   int64
	bytes   int64
}

type digest struct {
	n int64
	h interface {
		io.Writer
		Sum([]byte) []byte
	}
}

func newDigest() *digest { return &digest{h: sha256.New()} }

func newSums() sums { return sums{all: newDigest()} }

func (s *sums) begin() { s.h = newDigest() }

func (s *sums) write(b []byte) {
	s.h.n += int64(len(b))
	_, _ = s.h.h.Write(b) // a hash does not fail
}

func (s *sums) end(name string) {
	sum := hex.EncodeToString(s.h.h.Sum(nil))
	if name == partDatabase {
		s.db, s.dbBytes = sum, s.h.n
		return
	}
	s.count, s.bytes = s.count+1, s.bytes+s.h.n
	fmt.Fprintf(s.all.h, "%s %d %s\n", name, s.h.n, sum)
}

func (s *sums) fill(m *Manifest) {
	m.SHA256, m.Bytes = s.db, s.dbBytes
	m.Files = FileFigures{Count: s.count, Bytes: s.bytes, Digest: hex.EncodeToString(s.all.h.Sum(nil))}
}

// ReadManifest reads an archive to its end, proves that it is whole, and writes
// nothing.
func ReadManifest(ctx context.Context, m vault.Master, path string) (*Manifest, error) {
	return walk(ctx, m, path, func(string, io.Reader) error { return nil })
}
