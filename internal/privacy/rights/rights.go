package rights

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/receipt"
	"amanah/internal/privacy/rights/rowset"
	"amanah/internal/store"
	"amanah/internal/web/i18n"
)

// People knows where a person's rows are.
type People interface {
	// Enclosures are the scopes in which rows may name the person: the service's
	// home first, then the workspaces that the person belongs or belonged to.
	Enclosures(ctx context.Context, who id.Subject) ([]store.Scope, error)
	// Alone lists the workspaces that have no owner besides the person.
	Alone(ctx context.Context, who id.Subject) ([]id.Tenant, error)
}

// Transfer is what one recipient got about a person.
type Transfer struct {
	Recipient  string // the notice's key
	Categories []string
	Purpose    string
	Times      int64
	Last       time.Time
}

// Transfers is the ledger of what left.
type Transfers interface {
	Transfers(ctx context.Context, who id.Subject) ([]Transfer, error)
}

// Vault opens what is sealed; vault.Vault is one.
type Vault interface {
	rowset.Opener
	rowset.Files
}

// Config is what New needs. Transfers may be nil: then nothing left.
type Config struct {
	DB        *store.DB
	Schema    *rowset.Schema
	Vault     Vault
	People    People
	Transfers Transfers
	// Notice gives the notice in force of a service.
	Notice  func(service string) (*notice.Notice, bool)
	Key     *receipt.Key
	Catalog *i18n.Catalog
}

// Rights answers for all services. It is safe for concurrent use.
type Rights struct{ Config }

// New checks that nothing is missing.
func New(c Config) (*Rights, error) {
	if c.DB == nil || c.Schema == nil || c.Vault == nil || c.People == nil || c.Notice == nil || c.Key == nil || c.Catalog == nil {
		return nil, errors.New("rights: New needs a store, a schema, a vault, people, notices, a key and a catalogue")
	}
	return &Rights{c}, nil
}

//go:embed i18n/*.json
var texts embed.FS

// Texts are the package's sentences, for i18n.New.
func Texts() fs.FS { return sub(texts, "i18n") }

func sub(f embed.FS, dir string) fs.FS {
	s, err := fs.Sub(f, dir)
	if err != nil {
		panic(err) // the folder is embedded
	}
	return s
}

// place is where rows are read: an enclosure, and whether the person owns all of it.
type place struct {
	store.Scope
	alone bool
}

// name is how the copy calls an enclosure.
func (p place) name() string {
	if p.Tenant == rowset.Home(p.Scope) {
		return "home"
	}
	return p.Tenant.String()
}

func (r *Rights) places(ctx context.Context, who id.Subject) ([]place, *notice.Notice, error) {
	const op = "rights.places"
	scopes, err := r.People.Enclosures(ctx, who)
	if err != nil {
		return nil, nil, fault.Wrap(op, err)
	}
	if len(scopes) == 0 {
		return nil, nil, fault.New(fault.NotFound, op, "rights.nobody")
	}
	n, ok := r.Notice(scopes[0].Service)
	if !ok {
		return nil, nil, fault.New(fault.Internal, op, "").Cause(errors.New("no notice of the service"))
	}
	owned, err := r.People.Alone(ctx, who)
	if err != nil {
		return nil, nil, fault.Wrap(op, err)
	}
	alone := map[id.Tenant]bool{}
	for _, t := range owned {
		alone[t] = t != rowset.Home(scopes[0])
	}
	var out []place
	for _, s := range scopes {
		if s.Purpose == "" {
			s.Purpose = Purpose
		}
		out = append(out, place{s, alone[s.Tenant]})
	}
	return out, n, nil
}

// Purpose is the notice's purpose under which rights are answered.
const Purpose = "rights"

// pick selects what of a table is the person's in a place.
func pick(t rowset.Table, p place, who id.Subject) (rowset.Where, bool) {
	switch {
	case !t.Personal():
		return rowset.Where{}, false
	case len(t.Subjects) > 0:
		return t.Of(who), true
	case p.alone:
		return t.All(), true
	}
	return rowset.Where{}, false
}

// pageSize is how many rows are in memory at once.
const pageSize = 200

// each reads a table's rows of a person, page by page.
func (r *Rights) each(ctx context.Context, p place, t rowset.Table, who id.Subject, f func(rowset.Row) error) error {
	w, ok := pick(t, p, who)
	if !ok {
		return nil
	}
	var after id.ID
	for {
		var rows []rowset.Row
		err := r.DB.Read(ctx, p.Scope, func(tx *store.Tx) (err error) {
			rows, err = t.Page(ctx, tx, r.Vault, w, after, pageSize)
			return err
		})
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := f(row); err != nil {
				return err
			}
			after = row.ID
		}
		if len(rows) < pageSize {
			return nil
		}
	}
}
