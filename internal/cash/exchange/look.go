package exchange

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"amanah/internal/cash"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// Plan is what a file would do.
type Plan struct {
	Writer            Writer
	Total, Bad, Known int64
	Problems          []Problem
	First             []Row      // the first twenty good ones
	Accounts          []Place    // that would be set up
	Categories        []Named    // that would be added
	Sums              []cash.Sum // what it moves, of all good rows, by kind and currency
}

// Named is a category of the family's own that a file needs.
type Named struct {
	Kind cash.Kind
	Name string
}

// Look reads a file from its beginning to its end and books nothing.
func (s *Service) Look(ctx context.Context, sc store.Scope, i *Import) (*Plan, error) {
	const op = "exchange.Look"
	h, err := s.shelf(ctx, sc, i.Subject)
	if err != nil {
		return nil, err
	}
	f, done, err := s.open(ctx, i, h)
	if err != nil {
		return nil, err
	}
	defer done()
	p := &Plan{Writer: f.Writer, Problems: []Problem{}}
	match := s.matcher(h.accounts, h.own)
	keys := newKeys(s, i)
	var waiting []sign
	for ctx.Err() == nil {
		row, err := f.Next()
		var bad *Bad
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && !errors.As(err, &bad) {
			return nil, fault.Wrap(op, err)
		}
		p.Total++
		if bad != nil {
			if p.Bad++; len(p.Problems) < maxProblems {
				p.Problems = append(p.Problems, Problem{bad.Line, bad.Reason})
			}
			continue
		}
		p.count(&row, match)
		key, err := keys.of(ctx, &row)
		if err != nil {
			return nil, fault.Wrap(op, err)
		}
		if waiting = append(waiting, key); len(waiting) == 400 {
			if err := s.known(ctx, sc, h, p, waiting); err != nil {
				return nil, fault.Wrap(op, err)
			}
			waiting = waiting[:0]
		}
	}
	if err := s.known(ctx, sc, h, p, waiting); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if p.Total == 0 && ctx.Err() == nil {
		return nil, fault.New(fault.Invalid, op, "exchange.file.empty").On("file")
	}
	return p, ctx.Err()
}

// count adds a good row to what the person is shown.
func (p *Plan) count(r *Row, m *matcher) {
	if len(p.First) < 20 {
		p.First = append(p.First, *r)
	}
	for _, at := range []Place{r.From, r.To} {
		if at.Name != "" && m.account(at).IsZero() && !slices.ContainsFunc(p.Accounts, at.same) && len(p.Accounts) < 200 {
			p.Accounts = append(p.Accounts, at)
		}
	}
	if name := m.missing(r); name != "" && !slices.ContainsFunc(p.Categories, func(n Named) bool { return n.Kind == r.Kind && strings.EqualFold(n.Name, name) }) && len(p.Categories) < 100 {
		p.Categories = append(p.Categories, Named{r.Kind, name})
	}
	i := slices.IndexFunc(p.Sums, func(s cash.Sum) bool { return s.Kind == r.Kind && s.Currency == r.Amount.Currency })
	if i < 0 {
		p.Sums, i = append(p.Sums, cash.Sum{Kind: r.Kind, Currency: r.Amount.Currency}), len(p.Sums)
	}
	p.Sums[i].Minor += r.Amount.Minor
}

// known counts rows that were booked before, as far as the person sees them.
func (s *Service) known(ctx context.Context, sc store.Scope, h *shelf, p *Plan, keys []sign) error {
	if len(keys) == 0 {
		return nil
	}
	return s.db.Read(ctx, sc, func(tx *store.Tx) error {
		text, args := h.view.Where("", []any{tx.Tenant()})
		list := func(values []any) string {
			marks := make([]string, len(values))
			for i, v := range values {
				args = append(args, v)
				marks[i] = fmt.Sprintf("$%d", len(args))
			}
			return strings.Join(marks, ", ")
		}
		var sources, ids []any
		for _, k := range keys {
			sources = append(sources, k.source)
			if !k.entry.IsZero() {
				ids = append(ids, k.entry)
			}
		}
		text += " AND (source IN (" + list(sources) + ")"
		if len(ids) > 0 {
			text += " OR id IN (" + list(ids) + ")"
		}
		n := int64(0)
		err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM cash_entries WHERE tenant_id = $1 AND "+text+")", args, &n)
		p.Known += n
		return err
	})
}

// open reads an import's file from its beginning.
func (s *Service) open(ctx context.Context, i *Import, h *shelf) (*File, func(), error) {
	in, err := s.db.OpenFile(ctx, s.work(i.Tenant), i.Subject, i.File)
	if err != nil {
		return nil, nil, fault.Wrap("exchange.open", err)
	}
	f, err := Open(in, h.view.Zone, s.clock.Now())
	if err != nil {
		_ = in.Close()
		return nil, nil, err
	}
	return f, func() { _ = in.Close() }, nil
}

// sign is what a row is known again by: its source, and in the own file the number
// of the entry that it was written from.
type sign struct {
	source string
	entry  id.ID
}

// keys make the signs of rows. A person's same row has the same source in whatever
// file it stands; rows that are alike within a file are counted apart. Nothing of a
// row can be read back from it, and nobody learns from it what others booked.
type keys struct {
	s    *Service
	i    *Import
	seen map[string]int
}

func newKeys(s *Service, i *Import) *keys { return &keys{s, i, map[string]int{}} }

func (k *keys) of(ctx context.Context, r *Row) (sign, error) {
	b := []string{k.i.Subject.String(), r.At.UTC().Format("2006-01-02T15:04:05"), string(r.Kind), r.Amount.Decimal(), string(r.Amount.Currency), strings.ToLower(r.From.Name), strings.ToLower(r.To.Name),
		r.Arrived.Decimal(), strings.ToLower(r.Category), strings.ToLower(r.Merchant), r.Note, r.ID}
	index, err := k.s.db.Vault().Index(ctx, k.i.Tenant, "cash_entries.source", strings.Join(b, "\x00"))
	if err != nil {
		return sign{}, err
	}
	key := hex.EncodeToString(index[:min(len(index), 16)])
	k.seen[key]++
	out := sign{source: "file:" + key + ":" + strconv.Itoa(k.seen[key])}
	out.entry, _ = id.Parse(r.ID) // zero for numbers of other programs
	return out, nil
}
