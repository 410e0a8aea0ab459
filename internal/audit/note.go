package audit

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// KeyName is the name of the installation's key in signatures of notes.
const KeyName = "amanah.audit"

// Verifier checks the installation's signatures.
func Verifier(key ed25519.PublicKey) (note.Verifier, error) {
	text, err := note.NewEd25519VerifierKey(KeyName, key)
	if err != nil {
		return nil, err
	}
	return note.NewVerifier(text)
}

// signer signs notes by a function that holds the key.
type signer struct {
	note.Verifier
	sign func([]byte) ([]byte, error)
}

// Sign signs a note's text.
func (s signer) Sign(text []byte) ([]byte, error) { return s.sign(text) }

// Signer makes notes' signatures by a function that signs with Ed25519.
func Signer(key ed25519.PublicKey, sign func([]byte) ([]byte, error)) (note.Signer, error) {
	v, err := Verifier(key)
	return signer{v, sign}, err
}

// origin names a service's log.
func origin(service string) string { return "amanah/audit/" + service }

// statement is what a note says: how large the log is, its root, and when. Lines
// behind the third are "word value".
type statement struct {
	origin string
	size   int64
	root   tlog.Hash
	more   map[string]string
}

// words are those of a note in their order.
var words = []string{"time", "sha256", "removed-before"}

func (s statement) sign(signer note.Signer) ([]byte, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%d\n%s\n", s.origin, s.size, base64.StdEncoding.EncodeToString(s.root[:]))
	for _, w := range words {
		if v, ok := s.more[w]; ok {
			fmt.Fprintf(&b, "%s %s\n", w, v)
		}
	}
	return note.Sign(&note.Note{Text: b.String()}, signer)
}

var errNote = errors.New("the note does not have the form of a checkpoint")

// open reads a note whose signature the key made.
func open(text string, v note.Verifier) (statement, error) {
	n, err := note.Open([]byte(text), note.VerifierList(v))
	if err != nil {
		return statement{}, err
	}
	if len(n.UnverifiedSigs) > 0 || len(n.Sigs) != 1 {
		return statement{}, errNote
	}
	// The same signature can be written in several ways: one is right.
	if _, err := strictBase64([]byte(n.Sigs[0].Base64)); err != nil {
		return statement{}, errNote
	}
	lines := strings.Split(strings.TrimSuffix(n.Text, "\n"), "\n")
	if len(lines) < 3 {
		return statement{}, errNote
	}
	s := statement{origin: lines[0], more: map[string]string{}}
	if s.size, err = strconv.ParseInt(lines[1], 10, 64); err != nil || s.size < 0 || strconv.FormatInt(s.size, 10) != lines[1] {
		return statement{}, errNote
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(raw) != tlog.HashSize {
		return statement{}, errNote
	}
	s.root = tlog.Hash(raw)
	for _, l := range lines[3:] {
		w, v, ok := strings.Cut(l, " ")
		if _, twice := s.more[w]; !ok || twice {
			return statement{}, errNote
		}
		s.more[w] = v
	}
	return s, nil
}

// moment reads one of a note's times; the zero time where it has none.
func (s statement) moment(word string) (time.Time, error) {
	v, ok := s.more[word]
	if !ok {
		return time.Time{}, nil
	}
	return time.Parse(time.RFC3339, v)
}

func stamp(t time.Time) string { return t.UTC().Truncate(time.Second).Format(time.RFC3339) }
