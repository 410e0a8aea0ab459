package identity

import (
	"bufio"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"runtime"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/bcrypt"

	"amanah/internal/fault"
)

// The limits of a password, in characters and bytes. The upper one only bounds
// the work of hashing it.
const (
	passwordLeast = 10
	passwordMost  = 1024
	defaultCost   = 12
)

//go:embed common.txt
var commonList string

var common = readCommon(commonList)

func readCommon(list string) map[string]bool {
	out := map[string]bool{}
	lines := bufio.NewScanner(strings.NewReader(list))
	for lines.Scan() {
		if w := strings.TrimSpace(lines.Text()); w != "" && w[0] != '#' {
			out[w] = true
		}
	}
	return out
}

// checkPassword refuses what is too short, among the most common, or made of the
// person's own address or name. Faults are Invalid, on the field.
func checkPassword(field, password string, own ...string) error {
	const op = "identity.password"
	if utf8.RuneCountInString(password) < passwordLeast {
		return fault.New(fault.Invalid, op, "identity.password.short").On(field).With("least", passwordLeast)
	}
	if len(password) > passwordMost {
		return fault.New(fault.Invalid, op, "identity.password.long").On(field).With("most", passwordMost)
	}
	low := strings.ToLower(strings.TrimSpace(password))
	weak := low == "" || common[low] || strings.Count(low, low[:1]) == len(low)
	for _, o := range own {
		o = strings.ToLower(strings.TrimSpace(o))
		weak = weak || o != "" && (low == o || low == strings.ReplaceAll(o, " ", ""))
	}
	if weak {
		return fault.New(fault.Invalid, op, "identity.password.common").On(field)
	}
	return nil
}

// hasher hashes passwords, a few at a time: bcrypt is slow by design, and a crowd
// of sign-ins must not take the machine from everyone else.
type hasher struct {
	cost  int
	turns chan struct{}
	dummy []byte
}

// dummy12 is the hash of a random password nobody has, at the default cost, so
// that a start does not wait for one.
const dummy12 = "$2a$12$d2OgnMXxzyk7Nf2FNKaJGeQn7tLlF56Pzo/b4CMI/GnePxOZcpk/6"

func newHasher(cost int) (*hasher, error) {
	if cost == 0 {
		cost = defaultCost
	}
	h := &hasher{cost: cost, turns: make(chan struct{}, runtime.NumCPU()), dummy: []byte(dummy12)}
	if cost == defaultCost {
		return h, nil
	}
	var err error
	h.dummy, err = bcrypt.GenerateFromPassword(inner("nobody's"), cost)
	return h, err
}

// inner makes of any password 44 bytes without NUL, which bcrypt reads whole.
func inner(password string) []byte {
	sum := sha256.Sum256([]byte("amanah password v1\x00" + password))
	return base64.StdEncoding.AppendEncode(nil, sum[:])
}

func (h *hasher) turn(ctx context.Context) (done func(), err error) {
	select {
	case h.turns <- struct{}{}:
		return func() { <-h.turns }, nil
	case <-ctx.Done():
		return nil, fault.New(fault.Unavailable, "identity.hash", "try_again").Cause(ctx.Err())
	}
}

// hash is what is stored of a password.
func (h *hasher) hash(ctx context.Context, password string) ([]byte, error) {
	done, err := h.turn(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	out, err := bcrypt.GenerateFromPassword(inner(password), h.cost)
	return out, fault.Wrap("identity.hash", err)
}

// matches compares a password with a stored hash. Without one it compares with a
// dummy, which takes as long and never matches.
func (h *hasher) matches(ctx context.Context, stored []byte, password string) (bool, error) {
	done, err := h.turn(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	known := len(stored) > 0
	if !known {
		stored = h.dummy
	}
	ok := bcrypt.CompareHashAndPassword(stored, inner(password)) == nil
	return ok && known, nil
}
