package bearer

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/rest"
	"amanah/internal/store"
)

// How long tokens are good.
const (
	accessTime   = time.Hour
	refreshTime  = 30 * 24 * time.Hour
	personalMost = 366 * 24 * time.Hour
	// listedFor is how long a revoked number is kept.
	listedFor = 30 * 24 * time.Hour
)

// The beginnings of tokens, by which scanners of source code find them.
const (
	PersonalPrefix = "amn_"
	RefreshPrefix  = "amr_"
)

// Teller tells the owner what happened to their tokens, in the caller's
// transaction. Key is token.stolen or token.network.
type Teller interface {
	Tell(ctx context.Context, tx *store.Tx, who id.Subject, key, once string) error
}

// Config is what the service is made of. Teller and Rand may be nil.
type Config struct {
	DB       *store.DB
	Accounts *identity.Service
	Service  string // slug
	Home     id.Tenant
	Issuer   string // the service's address
	// Scopes are all that a token can have.
	Scopes []rest.Scope
	Teller Teller
	Rand   io.Reader
}

// Service makes and reads the tokens of one service. It is safe for concurrent
// use; any number of them may share a database.
type Service struct {
	cfg   Config
	key   func() (ed25519.PrivateKey, error)
	uses  uses
	known sync.Map // "token network" that was seen since the start
}

// New makes the service.
func New(cfg Config) (*Service, error) {
	if cfg.DB == nil || cfg.Accounts == nil || cfg.Service == "" || len(cfg.Scopes) == 0 {
		return nil, errors.New("bearer: New needs a store, accounts, a service and scopes")
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	s := &Service{cfg: cfg}
	s.key = sync.OnceValues(s.deriveKey)
	s.uses.counts = map[counted]int64{}
	return s, nil
}

// deriveKey makes the signing key from the service's own key in the ring: it is
// the same on every node and after a restore, and stands nowhere by itself.
func (s *Service) deriveKey() (ed25519.PrivateKey, error) {
	seed, err := s.cfg.DB.Vault().Index(context.Background(), s.cfg.Home, "bearer.signing-key", "ed25519 v1")
	if err != nil {
		return nil, fault.Wrap("bearer.deriveKey", err)
	}
	return ed25519.NewKeyFromSeed(seed[:]), nil
}

func (s *Service) now() time.Time { return s.cfg.DB.Clock().Now() }

// visitor is the scope in which a token is looked up.
func (s *Service) visitor() store.Scope {
	return store.Scope{Tenant: s.cfg.Home, Home: s.cfg.Home, Service: s.cfg.Service, Actor: store.Actor{Kind: "visitor"}, Purpose: "security"}
}

func (s *Service) person(who id.Subject) store.Scope {
	sc := s.visitor()
	sc.Actor = store.Actor{Kind: "person", ID: id.ID(who)}
	return sc
}

// secret makes a random token and the hash under which it is kept.
func (s *Service) secret(prefix string) (token string, hash []byte, err error) {
	var b [32]byte
	if _, err := io.ReadFull(s.cfg.Rand, b[:]); err != nil {
		return "", nil, fault.Wrap("bearer.secret", err)
	}
	token = prefix + base64.RawURLEncoding.EncodeToString(b[:])
	return token, hashOf(token, prefix), nil
}

// hashOf is the hash of a token from outside; nil for what cannot be one.
func hashOf(token, prefix string) []byte {
	rest, ok := strings.CutPrefix(token, prefix)
	if !ok || len(rest) != base64.RawURLEncoding.EncodedLen(32) {
		return nil
	}
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// scopes checks a list of scopes; an empty one means all.
func (s *Service) scopes(wanted []string) ([]string, error) {
	var all []string
	for _, v := range s.cfg.Scopes {
		all = append(all, v.Name)
	}
	if len(wanted) == 0 {
		return all, nil
	}
	var out []string
	for _, name := range all { // in the order of the list, each once
		if slices.Contains(wanted, name) {
			out = append(out, name)
		}
	}
	for _, w := range wanted {
		if !slices.Contains(all, w) {
			return nil, fault.New(fault.Invalid, "bearer.scopes", "bearer.scope.unknown").On("scopes")
		}
	}
	return out, nil
}

func unauthorized(op string) error { return fault.New(fault.Unauthorized, op, "") }

// tell passes over where nobody tells.
func (s *Service) tell(ctx context.Context, tx *store.Tx, who id.Subject, key, once string) error {
	if s.cfg.Teller == nil {
		return nil
	}
	return s.cfg.Teller.Tell(ctx, tx, who, key, once)
}

// block puts numbers on the list, in the caller's transaction.
func block(ctx context.Context, tx *store.Tx, who id.Subject, numbers ...id.ID) error {
	for _, n := range numbers {
		if n.IsZero() {
			continue
		}
		if _, err := store.InsertOnce(ctx, tx, &revoked{Subject: who, Token: n, RevokedAt: tx.Now()}, "tenant_id, token_id"); err != nil {
			return fault.Wrap("bearer.block", err)
		}
	}
	return nil
}

// blocked tells whether one of two numbers is on the list.
func blocked(ctx context.Context, tx *store.Tx, a, b id.ID) (bool, error) {
	n := 0
	err := tx.QueryRow(ctx, "SELECT count(*) FROM revoked_tokens WHERE tenant_id = $1 AND token_id IN ($2, $3)", []any{tx.Tenant(), a, b}, &n)
	return n > 0, fault.Wrap("bearer.blocked", err)
}

// Clean removes what was on the list for its time, and says how many.
func (s *Service) Clean(ctx context.Context) (n int64, err error) {
	err = s.cfg.DB.Write(ctx, s.visitor(), func(tx *store.Tx) error {
		n, err = tx.Exec(ctx, "DELETE FROM revoked_tokens WHERE tenant_id = $1 AND revoked_at < $2", tx.Tenant(), clock.At(tx.Now().Time().Add(-listedFor)))
		return err
	})
	return n, fault.Wrap("bearer.Clean", err)
}
