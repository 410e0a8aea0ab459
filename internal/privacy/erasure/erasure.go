package erasure

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/hold"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/receipt"
	"amanah/internal/privacy/rights"
	"amanah/internal/privacy/rights/rowset"
	"amanah/internal/privacy/tell"
	"amanah/internal/store"
	"amanah/internal/vault"
	"amanah/internal/web/i18n"
)

// Vault destroys; vault.Vault is one.
type Vault interface {
	rowset.Files
	DestroyPerson(ctx context.Context, home id.Tenant, s id.Subject) error
	DestroyTenant(ctx context.Context, t id.Tenant) error
	DeleteFiles(ctx context.Context, home id.Tenant, s id.Subject) (int, error)
	Index(ctx context.Context, home id.Tenant, column, value string) (vault.Index, error)
}

// Sessions ends every session of a person, on every node.
type Sessions interface {
	EndAll(ctx context.Context, home store.Scope, who id.Subject) error
}

// Farewell tells the person that the erasure begins. The address is readable for
// the last time: it must be used, not queued, before it returns. It may be called
// twice for one order after a crash. An error does not hold up the erasure.
type Farewell interface {
	Farewell(ctx context.Context, home store.Scope, who id.Subject, lang i18n.Lang, receipt []byte) error
}

// Workspaces takes a workspace that is being closed out of what the service's
// home keeps about it: memberships of others, addresses. Doing it again is no error.
type Workspaces interface {
	Close(ctx context.Context, home store.Scope, workspace id.Tenant) error
}

// Heirs gives what names the person only as the owner of a workspace with other
// owners to one of those, and seals it anew, while the person's key still opens
// it. Doing it again is no error.
type Heirs interface {
	HandOver(ctx context.Context, home store.Scope, who id.Subject) error
}

// Grants takes back at third parties what they were granted for a person, or for a
// whole workspace that is being closed, while the person's key still opens the
// secrets, and ends what is read for them elsewhere. A third party that is away
// must not hold it up: an error is our own failure, and the step is done again.
// Doing it again is no error.
type Grants interface {
	TakeBack(ctx context.Context, place store.Scope, who id.Subject, whole bool) error
}

// Settler makes derived figures of a workspace right again after rows of a person
// went and the workspace stayed. Doing it again is no error.
type Settler interface {
	Settle(ctx context.Context, workspace store.Scope) error
}

// Kept tells what is kept about a person, for the receipt; rights.Rights is one.
type Kept interface {
	Kept(ctx context.Context, who id.Subject) ([]rights.Holding, error)
}

// Config is what New needs. Sessions, Farewell and Workspaces may be nil;
// so may Heirs: then Workspaces is asked, where it can hand over.
type Config struct {
	DB         *store.DB
	Schema     *rowset.Schema
	Vault      Vault
	People     rights.People
	Kept       Kept
	Sessions   Sessions
	Farewell   Farewell
	Workspaces Workspaces
	Heirs      Heirs
	Settler    Settler    // nil: asked of Workspaces, like Heirs
	Grants     Grants     // nil: asked of Workspaces, like Heirs
	Holds      *hold.Book // nil: holds without clocks and tellings
	// Sealer, News, Idle and Teller make grace times and idle accounts work; where
	// Sealer is nil there is no grace time.
	Sealer  Sealer
	News    News
	Idle    Idlers
	Teller  tell.Teller
	Notice  func(service string) (*notice.Notice, bool)
	Key     *receipt.Key
	Catalog *i18n.Catalog
}

// Erasure erases people. It is safe for concurrent use.
type Erasure struct {
	Config
	// interrupt stands for a crash; tests set it.
	interrupt func(moment string) error
}

// New checks that nothing is missing.
func New(c Config) (*Erasure, error) {
	if c.DB == nil || c.Schema == nil || c.Vault == nil || c.People == nil || c.Kept == nil || c.Notice == nil || c.Key == nil || c.Catalog == nil {
		return nil, errors.New("erasure: New needs a store, a schema, a vault, people, holdings, notices, a key and a catalogue")
	}
	if c.Holds == nil {
		c.Holds = &hold.Book{Config: hold.Config{DB: c.DB}}
	}
	if c.Settler == nil {
		c.Settler, _ = c.Workspaces.(Settler)
	}
	if c.Grants == nil {
		c.Grants, _ = c.Workspaces.(Grants)
	}
	if c.Heirs == nil {
		c.Heirs, _ = c.Workspaces.(Heirs)
	}
	return &Erasure{Config: c, interrupt: func(string) error { return nil }}, nil
}

// Grounds of an erasure.
const (
	GroundRequest    = "request"    // the person asks
	GroundWithdrawal = "withdrawal" // consent was withdrawn
	GroundEnded      = "ended"      // the purpose is reached, or the account idle
	GroundUnlawful   = "unlawful"   // it should not have been kept
)

// Request says why a person is erased and who wants it.
type Request struct {
	Ground string
	// By is "person", "guardian", "officer" or "operator".
	By       string
	Language i18n.Lang
}

// Result is what became of an order.
type Result struct {
	Number id.ID
	// Receipt is the signed final receipt; empty while the order is unfinished.
	Receipt []byte
	// Told: the Farewell took the receipt of the order.
	Told bool
	// WaitsFor is WaitsForHold or WaitsForDuty while the order waits for a hold to
	// be lifted, which is looked at again by WaitsUntil.
	WaitsFor   string
	WaitsUntil time.Time
}

// place is an enclosure of the person, as the order keeps it.
type place struct {
	Tenant  id.Tenant `json:"tenant"`
	Service string    `json:"service"`
	Close   bool      `json:"close,omitempty"`
}

// plan is what the order found, by category of the notice.
type plan struct {
	Records    map[string]int64 `json:"records"`
	Workspaces int64            `json:"workspaces"`
	Others     []other          `json:"others,omitempty"`
}

// Erase orders and carries out. After an error the order stands, if it was
// written at all, and Resume finishes it.
func (e *Erasure) Erase(ctx context.Context, who id.Subject, r Request) (Result, error) {
	home, number, err := e.Order(ctx, who, r)
	if err != nil {
		return Result{}, err
	}
	return e.Run(ctx, home, number)
}

// proofColumn names the pseudonym's place for the blind index.
const proofColumn = "erasure_orders.proof"

// Order writes the order and gives the home's scope and the order's number. A
// second order for a person is the first one.
func (e *Erasure) Order(ctx context.Context, who id.Subject, r Request) (store.Scope, id.ID, error) {
	const op = "erasure.Order"
	scopes, err := e.People.Enclosures(ctx, who)
	if err != nil {
		return store.Scope{}, id.ID{}, fault.Wrap(op, err)
	}
	if len(scopes) == 0 {
		return store.Scope{}, id.ID{}, fault.New(fault.NotFound, op, "rights.nobody")
	}
	home := homeScope(scopes[0])
	o, err := e.draft(ctx, home, scopes, who, r)
	if err != nil {
		return home, id.ID{}, fault.Wrap(op, err)
	}
	err = e.DB.Write(ctx, home, func(tx *store.Tx) error {
		fresh, err := store.InsertOnce(ctx, tx, o, "tenant_id, proof")
		if err != nil {
			return err
		}
		if !fresh {
			o, err = store.One[order](ctx, tx, "WHERE tenant_id = $1 AND proof = $2", tx.Tenant(), o.Proof)
			return err
		}
		return audit.Record(ctx, tx, audit.Act{Name: "erasure.ordered", Subject: who, Object: r.Ground})
	})
	return home, o.ID, fault.Wrap(op, err)
}

// homeScope is the scope in which the orders of a service lie.
func homeScope(s store.Scope) store.Scope {
	s.Tenant = rowset.Home(s)
	s.Home = s.Tenant
	s.Purpose = rights.Purpose
	return s
}

// draft finds out what there is to do.
func (e *Erasure) draft(ctx context.Context, home store.Scope, scopes []store.Scope, who id.Subject, r Request) (*order, error) {
	proof, err := e.Vault.Index(ctx, home.Tenant, proofColumn, who.String())
	if err != nil {
		return nil, err
	}
	held, err := e.Kept.Kept(ctx, who)
	if err != nil {
		return nil, err
	}
	alone, err := e.People.Alone(ctx, who)
	if err != nil {
		return nil, err
	}
	p := plan{Records: map[string]int64{}, Others: others(held)}
	for _, h := range held {
		p.Records[h.Category.Key] = h.Records
	}
	places := []place{{Tenant: home.Tenant, Service: home.Service}}
	known := map[id.Tenant]int{home.Tenant: 0}
	for _, s := range scopes {
		if _, twice := known[s.Tenant]; !twice {
			known[s.Tenant] = len(places)
			places = append(places, place{Tenant: s.Tenant, Service: s.Service})
		}
	}
	for _, t := range alone {
		if i, ok := known[t]; ok && t != home.Tenant { // the service's home is never closed
			places[i].Close = true
			p.Workspaces++
		}
	}
	o := &order{Who: who, Proof: proof, Ground: r.Ground, OrderedBy: r.By, Language: string(r.Language), OrderedAt: clock.At(e.DB.Clock().Now())}
	o.Places, o.Plan = text(places), text(p)
	return o, nil
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain structs
	}
	return string(b)
}

// Resume finishes the unfinished orders of a service and tells how many there
// were. One that fails does not stop the others; the errors are joined.
func (e *Erasure) Resume(ctx context.Context, home store.Scope) (int, error) {
	home = homeScope(home)
	var open []order
	err := e.DB.Read(ctx, home, func(tx *store.Tx) (err error) {
		open, err = store.Find[order](ctx, tx, "WHERE tenant_id = $1 AND done_at IS NULL ORDER BY id", tx.Tenant())
		return err
	})
	errs := []error{fault.Wrap("erasure.Resume", err)}
	for _, o := range open {
		_, err := e.Run(ctx, home, o.ID)
		errs = append(errs, err)
	}
	return len(open), errors.Join(errs...)
}

// Receipt gives the final receipt of an order; fault NotFound where there is none
// yet. It holds no personal data: whoever has the number may have it.
func (e *Erasure) Receipt(ctx context.Context, home store.Scope, number id.ID) ([]byte, error) {
	o, err := e.load(ctx, homeScope(home), number)
	if err == nil && o.DoneAt.IsZero() {
		err = fault.New(fault.NotFound, "erasure.Receipt", "not_found")
	}
	if err != nil {
		return nil, err
	}
	return []byte(o.Receipt), nil
}

// Erased tells whether a person was erased or is being erased, also after the
// restore of a backup in which the person still stands.
func (e *Erasure) Erased(ctx context.Context, home store.Scope, who id.Subject) (bool, error) {
	home = homeScope(home)
	proof, err := e.Vault.Index(ctx, home.Tenant, proofColumn, who.String())
	if err != nil {
		return false, fault.Wrap("erasure.Erased", err)
	}
	err = e.DB.Read(ctx, home, func(tx *store.Tx) error {
		_, err := store.One[order](ctx, tx, "WHERE tenant_id = $1 AND proof = $2", tx.Tenant(), proof)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, fault.Wrap("erasure.Erased", err)
}

func (e *Erasure) load(ctx context.Context, home store.Scope, number id.ID) (*order, error) {
	var o *order
	err := e.DB.Read(ctx, home, func(tx *store.Tx) (err error) {
		o, err = store.Get[order](ctx, tx, number)
		return err
	})
	return o, fault.Wrap("erasure.load", err)
}
