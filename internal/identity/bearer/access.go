package bearer

import (
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"amanah/internal/fault"
	"amanah/internal/id"
)

// claims are what an access token says beside the registered claims.
type claims struct {
	Session string `json:"sid"`
	Scope   string `json:"scope"`
}

// access is a token that was read.
type access struct {
	id, session id.ID
	scopes      []string
}

// tokenType keeps our tokens apart from others' that may be signed by one key
// (RFC 9068).
const tokenType = "at+jwt"

// sign makes an access token.
func (s *Service) sign(number, session id.ID, who id.Subject, scopes []string, now time.Time) (string, error) {
	key, err := s.key()
	if err != nil {
		return "", err
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.EdDSA, Key: key}, (&jose.SignerOptions{}).WithType(tokenType))
	if err != nil {
		return "", fault.Wrap("bearer.sign", err)
	}
	token, err := jwt.Signed(signer).Claims(jwt.Claims{
		Issuer: s.cfg.Issuer, Subject: who.String(), Audience: jwt.Audience{s.cfg.Service}, ID: number.String(),
		IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(accessTime)),
	}).Claims(claims{session.String(), strings.Join(scopes, " ")}).Serialize()
	return token, fault.Wrap("bearer.sign", err)
}

// read checks the signature, type, audience, issuer and time of an access token.
func (s *Service) read(token string) (access, error) {
	const op = "bearer.read"
	key, err := s.key()
	if err != nil {
		return access{}, err
	}
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.EdDSA})
	if err != nil || len(parsed.Headers) != 1 || parsed.Headers[0].ExtraHeaders[jose.HeaderType] != tokenType {
		return access{}, unauthorized(op)
	}
	var std jwt.Claims
	var own claims
	if parsed.Claims(key.Public(), &std, &own) != nil || std.Expiry == nil || !s.now().Before(std.Expiry.Time()) {
		return access{}, unauthorized(op)
	}
	if std.ValidateWithLeeway(jwt.Expected{Issuer: s.cfg.Issuer, AnyAudience: jwt.Audience{s.cfg.Service}, Time: s.now()}, 0) != nil {
		return access{}, unauthorized(op)
	}
	number, bad := id.Parse(std.ID)
	session, worse := id.Parse(own.Session)
	if bad != nil || worse != nil {
		return access{}, unauthorized(op)
	}
	return access{number, session, strings.Fields(own.Scope)}, nil
}
