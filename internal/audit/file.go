package audit

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"strconv"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// maxLine bounds a line of an exported log.
const maxLine = 16 << 10

// VerifyFile checks an exported log with nothing but the file and the key: every
// byte of it. The error of a file that is not whole is a Break that says where.
func VerifyFile(in io.Reader, key note.Verifier) (Summary, error) {
	f := &file{checker: checker{verifier: key}, in: bufio.NewReaderSize(in, maxLine), sum: sha256.New()}
	if err := f.head(); err != nil {
		return f.Summary, err
	}
	for {
		text, err := f.next()
		if err != nil {
			return f.Summary, err
		}
		if text[0] == 's' {
			return f.Summary, f.seal(text)
		}
		if err := f.item(text); err != nil {
			return f.Summary, err
		}
		f.sum.Write(text)
		f.sum.Write(newline)
	}
}

var newline = []byte{'\n'}

// file reads an exported log line by line.
type file struct {
	checker
	in     *bufio.Reader
	sum    hash.Hash
	fields [][]byte
}

// next gives a line without its end; it is good until the next call.
func (f *file) next() ([]byte, error) {
	text, err := f.in.ReadSlice('\n')
	f.line++
	switch {
	case err == io.EOF && len(text) == 0:
		return nil, f.broken(0, 0, "the file ends before its signature")
	case errors.Is(err, bufio.ErrBufferFull), err == io.EOF, err == nil && len(text) < 2:
		return nil, f.broken(0, 0, "this is no line of an exported log")
	case err != nil:
		return nil, err
	}
	return text[:len(text)-1], nil
}

func (f *file) head() error {
	for _, want := range []string{Format, "origin\t"} {
		text, err := f.next()
		if err != nil {
			return err
		}
		rest, ok := bytes.CutPrefix(text, []byte(want))
		if !ok || want == Format && len(rest) > 0 || want != Format && len(rest) == 0 {
			return f.broken(0, 0, "this is not a log of format "+Format)
		}
		f.Origin = string(rest)
		f.sum.Write(text)
		f.sum.Write(newline)
	}
	return nil
}

// item takes a line between head and signature.
func (f *file) item(text []byte) error {
	f.fields = split(f.fields[:0], text, 8)
	p, n := f.fields, len(f.fields)
	kind := string(p[0])
	if kind == "c" && n == 2 {
		raw, err := strictBase64(p[1])
		if err != nil {
			return f.broken(0, 0, "this is no line of an exported log")
		}
		return f.checkpoint(string(raw))
	}
	if n < 3 || !(kind == "e" && n == 8 || (kind == "h" || kind == "b") && n == 3) {
		return f.broken(0, 0, "this is no line of an exported log")
	}
	h, ok := strictHex(p[2])
	if seq, err := strconv.ParseInt(string(p[1]), 10, 64); !ok || err != nil || strconv.FormatInt(seq, 10) != string(p[1]) {
		return f.broken(0, 0, "number or hash cannot be read")
	} else if seq != f.Size+1 {
		return f.broken(f.Size+1, f.Size+1, "the entry is missing, or not in its place")
	}
	switch kind {
	case "h":
		f.absent(h)
		return nil
	case "b":
		return f.absentBlock(h)
	}
	return f.taken(p, h)
}

// taken checks an entry: its leaf against its hash, and who it names against the
// leaf's commitments.
func (f *file) taken(p [][]byte, h tlog.Hash) error {
	seq := f.Size + 1
	if tlog.RecordHash(p[7]) != h {
		return f.broken(seq, seq, "the entry was changed")
	}
	var room [10][]byte
	leaf := split(room[:0], p[7], 10)
	if len(leaf) != 10 || string(leaf[0]) != leafVersion {
		return f.broken(seq, seq, "the entry is of another version")
	}
	if !names(p[3], p[4], leaf[4]) || !names(p[5], p[6], leaf[9]) {
		return f.broken(seq, seq, "it names somebody else than it did")
	}
	f.entry(h)
	return nil
}

// names tells whether an id and a salt open a commitment, or both are absent.
func names(who, salt, mark []byte) bool {
	if string(who) == none || string(salt) == none {
		return string(who) == none && string(salt) == none
	}
	m, ok := strictHex(mark)
	s, ok2 := strictHex(salt)
	if !ok || !ok2 || len(who) != 36 {
		return false
	}
	var both [sha256.Size + 36]byte
	copy(both[:], s[:])
	copy(both[sha256.Size:], who)
	return sha256.Sum256(both[:]) == m
}

// seal checks the last line: the signature over all lines before it.
func (f *file) seal(text []byte) error {
	raw, err := strictBase64(bytes.TrimPrefix(text, []byte("s\t")))
	if err != nil {
		return f.broken(0, 0, "the file's signature cannot be read")
	}
	s, err := open(string(raw), f.verifier)
	if err != nil {
		return f.broken(0, 0, "the file's signature is not that of the key")
	}
	allowed, err := s.moment("removed-before")
	switch {
	case err != nil || s.origin != f.Origin+"/export":
		return f.broken(0, 0, "the file's signature is that of another log")
	case s.size != f.Size || s.root != f.hasher.root():
		return f.broken(f.Covered+1, max(s.size, f.Size), "they are not those that the file was signed with")
	case s.more["sha256"] != hex.EncodeToString(f.sum.Sum(nil)):
		return f.broken(0, 0, "a line before this one was changed")
	}
	if _, err := f.in.ReadByte(); err != io.EOF {
		f.line++
		return f.broken(0, 0, "something stands behind the file's end")
	}
	return f.end(allowed)
}

// split cuts a line at its tabs into at most n parts.
func split(out [][]byte, text []byte, n int) [][]byte {
	for len(out) < n-1 {
		i := bytes.IndexByte(text, '\t')
		if i < 0 {
			break
		}
		out, text = append(out, text[:i]), text[i+1:]
	}
	return append(out, text)
}

// strictHex reads 32 bytes in lower-case digits, and no other writing of them.
func strictHex(text []byte) (h tlog.Hash, ok bool) {
	if len(text) != 2*len(h) || bytes.ContainsAny(text, "ABCDEF") {
		return h, false
	}
	_, err := hex.Decode(h[:], text)
	return h, err == nil
}

func strictBase64(text []byte) ([]byte, error) {
	out, err := base64.StdEncoding.Strict().AppendDecode(nil, text)
	if err == nil && base64.StdEncoding.EncodeToString(out) != string(text) {
		err = errNote
	}
	return out, err
}
