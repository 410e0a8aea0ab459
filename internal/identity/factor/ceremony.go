package factor

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Purpose is what a challenge is good for, and for nothing else.
type Purpose string

// The purposes: a new passkey; a proof of somebody who is known (second step, or
// a fresh proof); a sign-in of somebody who did not say who they are.
const (
	ForNew    Purpose = "new"
	ForProof  Purpose = "proof"
	ForSignIn Purpose = "signin"
)

// The bounds of a ceremony.
const (
	challengeTime  = 5 * time.Minute
	challengeBytes = 32
	// AnswerMost is the longest answer of a device that is read.
	AnswerMost = 64 << 10
)

// errAnswer is the one answer to everything that a device says wrongly. The cause
// stays inside: it may quote what was sent.
func errAnswer() error { return fault.New(fault.Invalid, "factor.passkey", "identity.passkey.wrong") }

// Ask makes a challenge and the options for navigator.credentials, as JSON. who
// is zero for ForSignIn alone; name is what a new passkey is listed as. Fault
// Conflict with identity.passkey.many for one too many.
func (s Site) Ask(ctx context.Context, tx *store.Tx, rand io.Reader, p Purpose, who id.Subject, name string) ([]byte, error) {
	const op = "factor.Ask"
	challenge, err := newChallenge(ctx, tx, rand, p, who)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	var options any
	switch p {
	case ForSignIn:
		options, _, err = s.rp.BeginDiscoverableLogin(webauthn.WithChallenge(challenge), webauthn.WithUserVerification(protocol.VerificationRequired))
	case ForProof:
		var u user
		if u, err = load(ctx, tx, who, name); err == nil && len(u.keys) == 0 {
			return nil, errAnswer()
		}
		if err == nil {
			options, _, err = s.rp.BeginLogin(u, webauthn.WithChallenge(challenge), webauthn.WithUserVerification(protocol.VerificationRequired))
		}
	default:
		options, err = s.create(ctx, tx, challenge, who, name)
	}
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	out, err := json.Marshal(options)
	return out, fault.Wrap(op, err)
}

func (s Site) create(ctx context.Context, tx *store.Tx, challenge []byte, who id.Subject, name string) (any, error) {
	u, err := load(ctx, tx, who, name)
	if err != nil {
		return nil, err
	}
	if len(u.keys) >= keysMost {
		return nil, fault.New(fault.Conflict, "factor.Ask", "identity.passkey.many")
	}
	options, _, err := s.rp.BeginRegistration(u, webauthn.WithExclusions(webauthn.Credentials(u.keys).CredentialDescriptors()),
		func(o *protocol.PublicKeyCredentialCreationOptions) error { o.Challenge = challenge; return nil })
	return options, err
}

// Asked uses a challenge up: of two answers to one, one is looked at. It belongs
// into a transaction of its own, so that a wrong answer uses it up as well.
func Asked(ctx context.Context, tx *store.Tx, p Purpose, who id.Subject, a Answer) error {
	n, err := tx.Exec(ctx, "DELETE FROM factor_challenges WHERE tenant_id = $1 AND challenge_hash = $2 AND purpose = $3 AND COALESCE(subject_id, '') = $4 AND ends_at > $5",
		tx.Tenant(), a.hash, string(p), idText(who), tx.Now())
	if err == nil && n == 0 {
		err = errAnswer()
	}
	return fault.Wrap("factor.Asked", err)
}

func idText(who id.Subject) string {
	if who.IsZero() {
		return ""
	}
	return who.String()
}

func newChallenge(ctx context.Context, tx *store.Tx, rand io.Reader, p Purpose, who id.Subject) ([]byte, error) {
	b := make([]byte, challengeBytes)
	if _, err := io.ReadFull(rand, b); err != nil {
		return nil, err
	}
	now := tx.Now()
	row := &challenge{Subject: who, Purpose: string(p), Hash: hashOf(b), CreatedAt: now, EndsAt: clock.At(now.Time().Add(challengeTime))}
	return b, store.Insert(ctx, tx, row)
}

func hashOf(challenge []byte) []byte {
	sum := sha256.Sum256(challenge)
	return sum[:]
}

// Answer is what a device said, read but not yet believed. The challenge in it is
// the program's own only if Asked finds it.
type Answer struct {
	challenge string
	hash      []byte
	index     vault.Index
	made      *protocol.ParsedCredentialCreationData
	shown     *protocol.ParsedCredentialAssertionData
}

// Read reads the JSON of a device's answer. Fault Invalid for anything else.
func Read(ctx context.Context, v *vault.Vault, home id.Tenant, p Purpose, answer string) (a Answer, err error) {
	if len(answer) > AnswerMost {
		return a, errAnswer()
	}
	var client protocol.CollectedClientData
	var raw []byte
	if p == ForNew {
		if a.made, err = protocol.ParseCredentialCreationResponseBytes([]byte(answer)); err != nil {
			return a, errAnswer()
		}
		client, raw = a.made.Response.CollectedClientData, a.made.RawID
	} else {
		if a.shown, err = protocol.ParseCredentialRequestResponseBytes([]byte(answer)); err != nil {
			return a, errAnswer()
		}
		client, raw = a.shown.Response.CollectedClientData, a.shown.RawID
	}
	bytes, err := base64.RawURLEncoding.DecodeString(client.Challenge)
	if err != nil || len(bytes) != challengeBytes || len(raw) == 0 {
		return a, errAnswer()
	}
	a.challenge, a.hash = client.Challenge, hashOf(bytes)
	a.index, err = indexOf(ctx, v, home, raw)
	return a, err
}

// Add stores a new passkey, after Asked. Faults: Invalid for a wrong answer,
// Conflict for one that is known already.
func (s Site) Add(ctx context.Context, tx *store.Tx, who id.Subject, name string, a Answer) (Key, error) {
	const op = "factor.Add"
	u, err := load(ctx, tx, who, name)
	if err != nil {
		return Key{}, fault.Wrap(op, err)
	}
	if a.made == nil || len(u.keys) >= keysMost {
		return Key{}, errAnswer()
	}
	session := webauthn.SessionData{Challenge: a.challenge, RelyingPartyID: s.rp.Config.RPID, UserID: handle(who), UserVerification: protocol.VerificationRequired,
		CredParams: webauthn.CredentialParametersDefault()}
	c, err := s.rp.CreateCredential(u, session, a.made)
	if err != nil {
		return Key{}, errAnswer()
	}
	c.Attestation = webauthn.CredentialAttestation{} // none was asked for
	row := &passkey{Subject: who, Name: vault.Seal(name), Index: a.index, CreatedAt: tx.Now()}
	if err := row.seal(c); err != nil {
		return Key{}, err
	}
	if err := store.Insert(ctx, tx, row); err != nil {
		return Key{}, fault.Wrap(op, err)
	}
	return row.info(), nil
}

// Prove tells whose passkey answered, after Asked; who is zero for a sign-in of
// somebody unknown. copied says that the key's counter went backwards: the proof
// then fails with Invalid, and the mark on the key stands only if the caller
// commits; so it does for a key that was marked before.
func (s Site) Prove(ctx context.Context, tx *store.Tx, who id.Subject, a Answer) (owner id.Subject, copied bool, err error) {
	const op = "factor.Prove"
	if a.shown == nil {
		return owner, false, errAnswer()
	}
	row, err := store.One[passkey](ctx, tx, "WHERE tenant_id = $1 AND credential_index = $2", tx.Tenant(), a.index)
	if fault.Is(err, fault.NotFound) || err == nil && !who.IsZero() && row.Subject != who {
		return owner, false, errAnswer()
	}
	if err != nil {
		return owner, false, fault.Wrap(op, err)
	}
	c, err := row.record()
	if err != nil {
		return owner, false, err
	}
	u := user{who: row.Subject, keys: []webauthn.Credential{c}}
	session := webauthn.SessionData{Challenge: a.challenge, RelyingPartyID: s.rp.Config.RPID, UserID: handle(row.Subject),
		AllowedCredentialIDs: [][]byte{c.ID}, UserVerification: protocol.VerificationRequired}
	got, err := s.rp.ValidateLogin(u, session, a.shown)
	if err != nil {
		return owner, false, errAnswer()
	}
	copied = got.Authenticator.CloneWarning || !row.ClonedAt.IsZero()
	if copied && row.ClonedAt.IsZero() {
		row.ClonedAt = tx.Now()
	}
	row.UsedAt = tx.Now()
	got.Authenticator.CloneWarning = false // the row says it
	if err := row.seal(got); err != nil {
		return owner, copied, err
	}
	return row.Subject, copied, fault.Wrap(op, store.Update(ctx, tx, row))
}
