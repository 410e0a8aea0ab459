package sheets

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"amanah/internal/fault"
)

// Scope is what a person is asked for: the files that this program makes.
const Scope = "https://www.googleapis.com/auth/drive.file"

// OAuth is the operator's client at Google.
type OAuth struct {
	ClientID  string
	Secret    string
	Authorize string // page where the browser goes
	Token     string
	Revoke    string
	Issuer    string
	Redirect  string // exactly as registered
}

// Grant is what a person gave, and the access that comes of it.
type Grant struct {
	Refresh string
	Access  string
	Life    time.Duration // of Access, from now on
}

func (o OAuth) config() *oauth2.Config {
	return &oauth2.Config{ClientID: o.ClientID, ClientSecret: o.Secret, RedirectURL: o.Redirect, Scopes: []string{"openid", Scope},
		Endpoint: oauth2.Endpoint{AuthURL: o.Authorize, TokenURL: o.Token, AuthStyle: oauth2.AuthStyleInParams}}
}

// Verifier makes the secret of one way to a grant (RFC 7636).
func Verifier() string { return oauth2.GenerateVerifier() }

// URL is the page where the person agrees. Consent is always asked for: without it
// Google gives no refresh token to whom it gave one before.
func (o OAuth) URL(state, nonce, verifier string) string {
	return o.config().AuthCodeURL(state, oauth2.AccessTypeOffline, oauth2.S256ChallengeOption(verifier),
		oauth2.SetAuthURLParam("prompt", "consent"), oauth2.SetAuthURLParam("nonce", nonce))
}

// Keys of faults that a person must be told.
const (
	KeyRevoked = "target.grant_revoked" // the grant is dead: nothing but a new one helps
	KeyScope   = "capture.target.sheet.scope"
	KeyNoGrant = "capture.target.sheet.refused"
)

// Exchange turns the code of the redirect into a grant. Fault Invalid with
// KeyScope where the person left the files out, with KeyNoGrant where Google gives
// nothing for the code.
func (o OAuth) Exchange(ctx context.Context, way *http.Client, code, verifier, nonce string) (Grant, error) {
	const op = "sheets.Exchange"
	t, err := o.config().Exchange(context.WithValue(ctx, oauth2.HTTPClient, way), code, oauth2.VerifierOption(verifier))
	if err != nil {
		return Grant{}, tokenFault(ctx, op, err, KeyNoGrant)
	}
	scope, _ := t.Extra("scope").(string)
	if scope != "" && !slices.Contains(strings.Fields(scope), Scope) {
		return Grant{}, fault.New(fault.Invalid, op, KeyScope)
	}
	if t.RefreshToken == "" {
		return Grant{}, fault.New(fault.Invalid, op, KeyNoGrant)
	}
	// The proof came from the token endpoint itself, so its signature says no more
	// than TLS does (OpenID Connect Core 3.1.3.7); the nonce ties it to this browser.
	if proof, _ := t.Extra("id_token").(string); proof != "" && nonceOf(proof) != nonce {
		return Grant{}, fault.New(fault.Invalid, op, KeyNoGrant)
	}
	return Grant{Refresh: t.RefreshToken, Access: t.AccessToken, Life: time.Duration(t.ExpiresIn) * time.Second}, nil
}

func nonceOf(proof string) string {
	parts := strings.Split(proof, ".")
	if len(parts) != 3 {
		return ""
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return ""
	}
	var claims struct {
		Nonce string `json:"nonce"`
	}
	_ = json.Unmarshal(raw, &claims)
	return claims.Nonce
}

// Renew gets new access for a refresh token, and a new refresh token where Google
// gives one. Fault Forbidden with KeyRevoked where the grant is dead.
func (o OAuth) Renew(ctx context.Context, way *http.Client, refresh string) (Grant, error) {
	source := o.config().TokenSource(context.WithValue(ctx, oauth2.HTTPClient, way), &oauth2.Token{RefreshToken: refresh})
	t, err := source.Token()
	if err != nil {
		return Grant{}, tokenFault(ctx, "sheets.Renew", err, KeyRevoked)
	}
	g := Grant{Refresh: t.RefreshToken, Access: t.AccessToken, Life: time.Duration(t.ExpiresIn) * time.Second}
	if g.Refresh == "" {
		g.Refresh = refresh
	}
	return g, nil
}

// tokenFault tells a dead grant from a giver that is away. The library's text may
// quote the answer.
func tokenFault(ctx context.Context, op string, err error, dead string) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var r *oauth2.RetrieveError
	if errors.As(err, &r) {
		switch r.ErrorCode {
		case "invalid_grant":
			return fault.New(fault.Forbidden, op, dead)
		case "invalid_client", "unauthorized_client":
			return fault.New(fault.Unavailable, op, "target.misconfigured")
		}
		return fault.New(fault.Unavailable, op, "egress.answer")
	}
	return strip(op, err)
}

// Withdraw asks for a grant to be taken back, by either of its tokens, and tells
// whether nothing is left: Google says 200, or 400 where it was gone already.
func (o OAuth) Withdraw(ctx context.Context, way *http.Client, token string) bool {
	form := url.Values{"token": {token}, "client_id": {o.ClientID}, "client_secret": {o.Secret}}.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, o.Revoke, strings.NewReader(form))
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := way.Do(req)
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusOK || resp.StatusCode == http.StatusBadRequest
}

// strip leaves of a transport's error what the Door said.
func strip(op string, err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return fault.New(f.Code, op, f.Key)
	}
	return fault.New(fault.Unavailable, op, "egress.unreachable")
}
