package capture

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// How far apart the two tellings of a transfer may be, and what banks take for
// one where the mail does not say: minor units of rupiah.
const transferWithin = 48 * time.Hour

var transferFees = []int64{50000, 75000, 100000, 150000, 200000, 250000, 290000, 300000, 400000, 500000, 650000, 750000}

// transferWays are the channels by which money goes between accounts.
var transferWays = []string{"transfer", "bifast", "va_transfer", "topup", "rtgs", "skn"}

// leaves and comes tell which half of a transfer a booked row could be.
func (c *Captured) leaves() bool {
	return c.Direction == "out" || c.Direction == "internal" && !c.Inward
}

func (c *Captured) comes() bool {
	return (c.Direction == "in" || c.Direction == "internal" && c.Inward) && c.Channel != "refund"
}

// moves tells whether a row says of itself that it moves money between accounts.
func (c *Captured) moves() bool {
	return c.Direction == "internal" || slices.Contains(transferWays, c.Channel) || c.Category == "transfer" || c.Category == "topup"
}

// pair looks for the other half of a transfer between own accounts. A sure one is
// linked, one that only may be is proposed to the person.
func (s *Service) pair(ctx context.Context, tx *store.Tx, c *Captured, zone *time.Location) error {
	if c.State != Booked || c.Account.IsZero() || !c.moves() && c.Direction != "in" || c.Channel == "refund" {
		return nil
	}
	if t, err := s.transferOf(ctx, tx, c.ID, Linked); err != nil || t != nil {
		return err
	}
	others, err := s.halves(ctx, tx, c)
	if err != nil || len(others) == 0 {
		return err
	}
	var sure, maybe []*Transfer
	for i := range others {
		out, in := c, &others[i]
		if !c.leaves() {
			out, in = in, out
		}
		t, certain, err := s.judge(ctx, tx, out, in)
		switch {
		case err != nil:
			return err
		case t == nil:
		case certain:
			sure = append(sure, t)
		default:
			maybe = append(maybe, t)
		}
	}
	if len(sure) == 1 {
		return s.link(ctx, tx, sure[0], zone)
	}
	for _, t := range append(sure, maybe...) {
		t.State = Proposed
		if _, err := store.InsertOnce(ctx, tx, t, "tenant_id, out_id, in_id"); err != nil {
			return err
		}
	}
	return nil
}

// halves are the booked rows that could be c's other half.
func (s *Service) halves(ctx context.Context, tx *store.Tx, c *Captured) ([]Captured, error) {
	amounts := []int64{c.Minor}
	if c.leaves() {
		if c.FeeMinor > 0 {
			amounts = append(amounts, c.Minor-c.FeeMinor)
		}
		for _, fee := range transferFees {
			amounts = append(amounts, c.Minor-fee)
		}
	} else {
		for _, fee := range transferFees {
			amounts = append(amounts, c.Minor+fee)
		}
	}
	args := []any{tx.Tenant(), string(Booked), c.Currency, int64(c.At) - transferWithin.Microseconds(), int64(c.At) + transferWithin.Microseconds(), c.Account}
	marks := listed(set(amounts), &args)
	all, err := store.FindOpen[Captured](ctx, tx, `WHERE tenant_id = $1 AND state = $2 AND currency = $3 AND at >= $4 AND at <= $5
		AND account_id <> $6 AND direction IN ('in', 'out', 'internal') AND minor IN (`+marks+") ORDER BY at, id LIMIT 50", args...)
	if err != nil {
		return nil, err
	}
	out := all[:0]
	for _, o := range all {
		if c.leaves() != o.comes() || !c.leaves() && !o.leaves() {
			continue
		}
		t, err := s.transferOf(ctx, tx, o.ID, Linked)
		if err != nil {
			return nil, err
		}
		if t == nil {
			out = append(out, o)
		}
	}
	return out, nil
}

func set(all []int64) map[int64]bool {
	out := map[int64]bool{}
	for _, n := range all {
		out[n] = true
	}
	return out
}

// transferOf finds a row's pair in a state; nil for none.
func (s *Service) transferOf(ctx context.Context, tx *store.Tx, row id.ID, state TransferState) (*Transfer, error) {
	t, err := store.One[Transfer](ctx, tx, "WHERE tenant_id = $1 AND (out_id = $2 OR in_id = $2) AND state = $3", tx.Tenant(), row, string(state))
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return t, err
}

// judge weighs two halves: nil where they are none, or a person has said so.
func (s *Service) judge(ctx context.Context, tx *store.Tx, out, in *Captured) (*Transfer, bool, error) {
	known, err := first2(ctx, tx, out.ID, in.ID)
	if err != nil || known {
		return nil, false, err
	}
	t := &Transfer{Subject: out.Subject, Out: out.ID, In: in.ID, OutDirection: out.Direction, OutCategory: out.Category, OutFee: out.FeeMinor,
		InDirection: in.Direction, InCategory: in.Category, CreatedAt: tx.Now(), ChangedAt: tx.Now()}
	if t.Hint, err = s.hint(ctx, tx, out, in); err != nil {
		return nil, false, err
	}
	exact := out.Minor == in.Minor || out.FeeMinor > 0 && out.Minor-out.FeeMinor == in.Minor
	if t.Hint != "" {
		return t, exact, nil
	}
	if !out.moves() || !in.moves() {
		return nil, false, nil
	}
	t.Hint = "amount"
	return t, false, nil
}

// first2 tells whether the pair was proposed, linked or refused before.
func first2(ctx context.Context, tx *store.Tx, out, in id.ID) (bool, error) {
	var n int
	err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM capture_transfers WHERE tenant_id = $1 AND out_id = $2 AND in_id = $3 AND state <> $4", []any{tx.Tenant(), out, in, string(Proposed)}, &n)
	return n > 0, err
}

// hint says what speaks for a transfer beside the amount: the person's own name
// as the other party, the digits of the other account, the name of the wallet
// that was filled, or that both say so. "" for nothing.
func (s *Service) hint(ctx context.Context, tx *store.Tx, out, in *Captured) (string, error) {
	if out.Direction == "internal" && in.Direction == "internal" {
		return "told", nil
	}
	from, err := store.Get[BankAccount](ctx, tx, out.Account)
	if err != nil {
		return "", err
	}
	to, err := store.Get[BankAccount](ctx, tx, in.Account)
	if err != nil {
		return "", err
	}
	names, err := namesOf(ctx, tx, []id.ID{out.told(), in.told()})
	if err != nil {
		return "", err
	}
	paid, payer := normal(names[out.told()]), normal(names[in.told()])
	switch {
	case ends(paid, to.Last.Reveal()) || ends(payer, from.Last.Reveal()):
		return "digits", nil
	case to.Kind == "wallet" && (out.Channel == "topup" || out.Category == "topup" || out.Direction == "internal") && names2(paid, to.Issuer):
		return "wallet", nil
	}
	for _, holder := range []string{from.Holder.Reveal(), to.Holder.Reveal()} {
		if h := normal(holder); len(h) >= 5 && (paid == h || payer == h) && (out.moves() || in.moves()) {
			return "name", nil
		}
	}
	return "", nil
}

// told is the merchant as the mail named it.
func (c *Captured) told() id.ID {
	if !c.Told.IsZero() {
		return c.Told
	}
	return c.Merchant
}

// ends tells whether a name ends in an account's digits, as "BCA ****1234" does.
func ends(name, last string) bool {
	if len(last) < 3 || !strings.HasSuffix(name, last) {
		return false
	}
	rest := name[:len(name)-len(last)]
	return rest == "" || strings.IndexFunc(rest, unicode.IsDigit) >= 0 || strings.ContainsAny(rest, "*•X ")
}

// names2 tells whether a name speaks of an issuer.
func names2(name, issuer string) bool {
	squeeze := func(s string) string { return strings.ReplaceAll(normal(s), " ", "") }
	return issuer != "" && strings.Contains(squeeze(name), squeeze(issuer))
}
