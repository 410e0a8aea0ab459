package identity

import (
	"crypto/sha256"
	"encoding/base64"
	"io"

	"amanah/internal/fault"
)

// tokenBytes is the randomness of every token: 256 bits need no slow hash.
const tokenBytes = 32

// newToken makes a token and the hash under which it is kept.
func (s *Service) newToken() (token string, hash []byte, err error) {
	var b [tokenBytes]byte
	if _, err := io.ReadFull(s.cfg.Rand, b[:]); err != nil {
		return "", nil, fault.Wrap("identity.newToken", err)
	}
	token = base64.RawURLEncoding.EncodeToString(b[:])
	return token, hashToken(token), nil
}

// hashToken is the hash of a token that came from outside; nil for what cannot
// be one, so that nothing long is looked up.
func hashToken(token string) []byte {
	if len(token) != base64.RawURLEncoding.EncodedLen(tokenBytes) {
		return nil
	}
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
