package federate

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"amanah/internal/fault"
)

// Config says who the issuer is and where its parts are. All is needed.
type Config struct {
	ClientID, Secret string
	// Issuer is the name in the tokens. For https://accounts.google.com the form
	// without a scheme is right too, which Google writes sometimes.
	Issuer string
	// Authorize is the page where the person agrees, Token exchanges the code, Keys
	// are the issuer's public keys.
	Authorize, Token, Keys string
	// Redirect is the absolute address that answers come to; the issuer compares it
	// letter by letter.
	Redirect string
	// Client carries requests out.
	Client *http.Client
	Now    func() time.Time
}

// Client asks one issuer. It is safe for concurrent use and keeps the issuer's
// keys in memory.
type Client struct {
	cfg   Config
	oauth oauth2.Config
	keys  oidc.KeySet
}

// New makes a client. It asks nobody: the keys are read at the first answer.
func New(cfg Config) (*Client, error) {
	for _, v := range []string{cfg.ClientID, cfg.Issuer, cfg.Authorize, cfg.Token, cfg.Keys, cfg.Redirect} {
		if v == "" {
			return nil, errors.New("federate: New needs a client, an issuer with its addresses, and a redirect")
		}
	}
	if cfg.Client == nil || cfg.Now == nil {
		return nil, errors.New("federate: New needs a way out and a clock")
	}
	return &Client{
		cfg:  cfg,
		keys: oidc.NewRemoteKeySet(oidc.ClientContext(context.Background(), cfg.Client), cfg.Keys),
		oauth: oauth2.Config{
			ClientID: cfg.ClientID, ClientSecret: cfg.Secret, RedirectURL: cfg.Redirect, Scopes: []string{oidc.ScopeOpenID, "email", "profile"},
			Endpoint: oauth2.Endpoint{AuthURL: cfg.Authorize, TokenURL: cfg.Token, AuthStyle: oauth2.AuthStyleInParams},
		},
	}, nil
}

// Start is the address to which the browser is sent.
func (c *Client) Start(t Ticket) string {
	ask := []oauth2.AuthCodeOption{oidc.Nonce(t.nonce()), oauth2.S256ChallengeOption(t.verifier())}
	if c.cfg.Issuer == google { // a phone is often shared, and Google knows several of its people
		ask = append(ask, oauth2.SetAuthURLParam("prompt", "select_account"))
	}
	return c.oauth.AuthCodeURL(t.State(), ask...)
}

// Fits tells whether an answer belongs to a ticket, before anything is used up.
func Fits(t Ticket, answer url.Values) bool {
	return t.Hash() != nil && len(answer["state"]) == 1 && subtle.ConstantTimeCompare([]byte(answer.Get("state")), []byte(t.State())) == 1
}

// Identity is what the issuer says of a person.
type Identity struct {
	Subject  string // the issuer's name for the account; it never changes
	Email    string
	Verified bool // the issuer saw that the person reads mail at Email
	Name     string
}

// Finish turns the query of an answer into an identity. Faults, each with a
// sentence for the person:
//
//	federate.state        it is no answer to this ticket
//	federate.denied       the person did not agree
//	federate.refused      the issuer said no, or the code was used already
//	federate.token        the ID token is not what it must be
//	federate.unreachable, egress.…   the issuer could not be asked, or not understood
func (c *Client) Finish(ctx context.Context, t Ticket, answer url.Values) (Identity, error) {
	const op = "federate.Finish"
	code, err := c.code(t, answer)
	if err != nil {
		return Identity{}, err
	}
	ctx = oidc.ClientContext(ctx, c.cfg.Client)
	tokens, err := c.oauth.Exchange(ctx, code, oauth2.VerifierOption(t.verifier()))
	if err != nil {
		return Identity{}, exchangeFault(op, err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	if raw == "" {
		return Identity{}, errToken("missing")
	}
	id, err := c.verify(ctx, raw)
	if err != nil {
		return Identity{}, err
	}
	return c.identity(t, id)
}

// verify holds a token against the issuer's keys, its name, this client and the
// time.
func (c *Client) verify(ctx context.Context, raw string) (*oidc.IDToken, error) {
	keys := &watched{KeySet: c.keys}
	v := oidc.NewVerifier(c.cfg.Issuer, keys, &oidc.Config{ClientID: c.cfg.ClientID, SupportedSigningAlgs: []string{oidc.RS256, oidc.ES256}, Now: c.cfg.Now})
	id, err := v.Verify(ctx, raw)
	var late *oidc.TokenExpiredError
	switch {
	case err == nil:
		return id, nil
	case keys.fault != nil:
		return nil, keys.fault
	case errors.As(err, &late):
		return nil, errToken("exp")
	}
	return nil, errToken("verify")
}

// watched remembers why keys could not be read: the library makes a text of it.
type watched struct {
	oidc.KeySet
	fault error
}

// VerifySignature asks the keys behind it.
func (w *watched) VerifySignature(ctx context.Context, jwt string) ([]byte, error) {
	payload, err := w.KeySet.VerifySignature(ctx, jwt)
	w.fault = ours("federate.keys", err)
	return payload, err
}

// code takes the code out of an answer that fits. A parameter that comes twice is
// read differently by different programs, so it is refused.
func (c *Client) code(t Ticket, answer url.Values) (string, error) {
	const op = "federate.code"
	for _, name := range []string{"code", "iss", "error"} {
		if len(answer[name]) > 1 {
			return "", fault.New(fault.Invalid, op, "federate.state")
		}
	}
	if !Fits(t, answer) {
		return "", fault.New(fault.Invalid, op, "federate.state")
	}
	// One issuer alone is asked here, so that an answer without its name cannot be
	// another's; one with a wrong name is.
	if iss := answer.Get("iss"); answer.Has("iss") && !c.isIssuer(iss) {
		return "", fault.New(fault.Invalid, op, "federate.state").With("said", "iss")
	}
	switch said := answer.Get("error"); {
	case said == "access_denied":
		return "", fault.New(fault.Invalid, op, "federate.denied")
	case said != "" || answer.Has("error"):
		return "", fault.New(fault.Unavailable, op, "federate.refused").With("said", word(said))
	}
	if answer.Get("code") == "" {
		return "", fault.New(fault.Invalid, op, "federate.state")
	}
	return answer.Get("code"), nil
}

const (
	google      = "https://accounts.google.com"
	googleShort = "accounts.google.com"
)

func (c *Client) isIssuer(iss string) bool {
	return iss == c.cfg.Issuer || c.cfg.Issuer == google && iss == googleShort
}

// identity reads the claims of a token whose signature, issuer, audience and end
// are right already.
func (c *Client) identity(t Ticket, id *oidc.IDToken) (Identity, error) {
	var claims struct {
		Email    string `json:"email"`
		Verified any    `json:"email_verified"` // some issuers write "true"
		Name     string `json:"name"`
		Party    string `json:"azp"`
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(t.nonce())) != 1 {
		return Identity{}, errToken("nonce")
	}
	if err := id.Claims(&claims); err != nil {
		return Identity{}, errToken("claims")
	}
	if claims.Party != "" && claims.Party != c.cfg.ClientID || len(id.Audience) > 1 && claims.Party == "" {
		return Identity{}, errToken("azp")
	}
	if id.Subject == "" || len(id.Subject) > 255 {
		return Identity{}, errToken("sub")
	}
	return Identity{Subject: id.Subject, Email: claims.Email, Verified: claims.Verified == true || claims.Verified == "true", Name: claims.Name}, nil
}

func errToken(what string) *fault.Error {
	return fault.New(fault.Invalid, "federate.token", "federate.token").With("said", what)
}

// exchangeFault keeps of a failed exchange the word of the protocol and no more:
// the rest may hold the code.
func exchangeFault(op string, err error) error {
	if f := ours(op, err); f != nil {
		return f
	}
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) && refused.Response != nil && refused.Response.StatusCode < 500 {
		return fault.New(fault.Invalid, op, "federate.refused").With("said", word(refused.ErrorCode))
	}
	return fault.New(fault.Unavailable, op, "federate.unreachable")
}

// ours is the fault that the way out gave, without what libraries wrapped around;
// nil where it is none.
func ours(op string, err error) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return nil
	}
	c := *f
	c.Op, c.Err = op, nil
	return &c
}

var plain = regexp.MustCompile(`^[a-z_]{1,40}$`)

// word lets a word of the protocol into the log, and nothing else.
func word(s string) string {
	if !plain.MatchString(s) {
		return "other"
	}
	return s
}
