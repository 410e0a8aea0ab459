package cardstatement_test

import (
	"context"
	"sync"
	"testing"

	"amanah/internal/cash"
	"amanah/internal/cash/cardstatement"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
)

// family is a statement of forty lines before books that lack some of it, have one
// with another amount, one twice, one too early, and one on another account.
type family struct {
	*rig
	card, bank, purse *cash.Account
	key               id.ID
	next, twice       *cash.Entry
}

func newFamily(t *testing.T, r *rig) *family {
	t.Helper()
	f := &family{rig: r}
	f.card = r.account(r.rina, cash.NewAccount{Kind: cash.Card, Name: "Kartu", Shared: true, Holds: money.Rupiah(2450000).Minor})
	f.bank = r.account(r.rina, cash.NewAccount{Kind: cash.Bank, Name: "Tabungan", Shared: true, Holds: money.Rupiah(20000000).Minor})
	f.purse = r.account(r.rina, cash.NewAccount{Kind: cash.Cash, Name: "Dompet", Shared: true, Holds: money.Rupiah(3000000).Minor})
	for _, l := range cardstatement.Month() {
		n := entry(l, f.card.ID)
		switch l.Shop {
		case "", "Halodoc", "Chatime":
			continue
		case "Ranch Market":
			n.Amount = money.Rupiah(164500)
		case "Bakmi GM":
			n.Account = f.purse.ID
		case "Starbucks":
			f.twice = r.enter(r.rina, n)
		}
		r.enter(r.rina, n)
	}
	n := entry(cardstatement.Bought{Days: 0, Rupiah: 77700, Shop: "Warung Bu Tutik"}, f.card.ID)
	f.next = r.enter(r.rina, n)
	f.key = r.upload(r.rina, cardstatement.Sample(closed, "7719"))
	if err := r.Bind(context.Background(), r.as(r.rina), r.rina, f.key, cardstatement.Binding{Account: f.card.ID}); err != nil {
		t.Fatal(err)
	}
	return f
}

// owed is what the books say is owed on the card, in rupiah.
func (f *family) owed() (owed int64) {
	f.t.Helper()
	f.keep(f.rina, func(tx *store.Tx, v cash.View) error {
		all, err := f.cash.Holdings(context.Background(), tx, v)
		for _, h := range all {
			if h.ID == f.card.ID {
				owed = -h.Balance.Minor / 100
			}
		}
		return err
	})
	return owed
}

func keys(ps []cardstatement.Proposal) (out []string) {
	for _, p := range ps {
		out = append(out, p.Key)
	}
	return out
}

// decide takes the way of a person: two clicks for what is clear, then the rest.
func (f *family) decide(t *testing.T) {
	t.Helper()
	ctx, who := context.Background(), f.rina
	b := f.board(who, f.key)
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		b = f.board(who, f.key)
	}
	do(f.Accept(ctx, f.as(who), who, f.key, keys(b.Sure)))
	var rows []cardstatement.Entering
	for _, l := range b.Missing {
		e := cardstatement.Entering{Line: l.Row.Line}
		if l.Other {
			e.Other = f.bank.ID
		}
		rows = append(rows, e)
	}
	do(f.Book(ctx, f.as(who), who, f.key, rows))
	do(f.Accept(ctx, f.as(who), who, f.key, keys(b.Elsewhere)))
	do(f.Settle(ctx, f.as(who), who, f.key, b.Differing[0].Key, true))
	for _, x := range b.Extra {
		do(f.Leave(ctx, f.as(who), who, f.key, x.Entry.ID, x.Entry.ID != f.next.ID))
	}
}

func TestBoard_beforeAnyDecision(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		f := newFamily(t, r)
		b := f.board(r.rina, f.key)
		if got := [...]int{len(b.Rows), len(b.Sure), len(b.Doubtful), len(b.Elsewhere), len(b.Differing), len(b.Missing), len(b.Extra), len(b.Decided)}; got != [...]int{40, 33, 0, 1, 1, 5, 2, 0} {
			t.Errorf("rows, sure, doubtful, elsewhere, differing, missing, extra, decided: %v", got)
		}
		if !b.Proof.Stated || !b.Proof.PaperDifference.IsZero() || b.Proof.Zero() {
			t.Errorf("proof: %+v", b.Proof)
		}
		if b.File.State != cardstatement.Open || b.File.Issuer == "" || b.File.Last4.Reveal() != "7719" {
			t.Errorf("head: %s %s", b.File.State, b.File.Issuer)
		}
	})
}

func TestDecide_toZero(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		f := newFamily(t, r)
		was := f.owed()
		f.decide(t)
		b := f.board(r.rina, f.key)
		if !b.Proof.Zero() || b.File.State != cardstatement.Settled {
			t.Fatalf("not settled: %s, %+v", b.File.State, b.Proof)
		}
		// What the books say is owed is the statement's total and what comes next.
		if got, want := f.owed(), b.Proof.Total.Minor/100+77700; got != want {
			t.Errorf("owed %d, the statement says %d", got, want)
		}
		if len(b.History()) != len(b.Decided) {
			t.Errorf("history has %d steps of %d", len(b.History()), len(b.Decided))
		}
		for _, d := range b.Decided {
			if err := f.Undo(context.Background(), f.as(r.rina), r.rina, f.key, d.ID); err != nil {
				t.Fatal(d.Act, err)
			}
		}
		if got := f.owed(); got != was {
			t.Errorf("after undoing everything %d is owed, before it was %d", got, was)
		}
		again := f.board(r.rina, f.key)
		if got := [...]int{len(again.Sure), len(again.Elsewhere), len(again.Differing), len(again.Missing), len(again.Extra), len(again.Decided)}; got != [...]int{33, 1, 1, 5, 2, 0} || again.File.State != cardstatement.Open {
			t.Errorf("after undoing: %v, %s", got, again.File.State)
		}
		// Once more: what was booked and taken back is booked again, and not twice.
		f.decide(t)
		if b := f.board(r.rina, f.key); !b.Proof.Zero() || f.owed() != b.Proof.Total.Minor/100+77700 {
			t.Errorf("the second time: %+v, owed %d", b.Proof, f.owed())
		}
	})
}

// A decision is made once, however many make it at once.
func TestDecide_twiceAtOnce(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		f := newFamily(t, r)
		var missing cardstatement.Lack
		for _, l := range f.board(r.rina, f.key).Missing {
			if !l.Other {
				missing = l
			}
		}
		was := f.owed()
		var wg sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			wg.Go(func() {
				who := []id.Subject{r.rina, r.bagas}[i%2]
				errs[i] = f.Book(context.Background(), f.as(who), who, f.key, []cardstatement.Entering{{Line: missing.Row.Line}})
			})
		}
		wg.Wait()
		done := 0
		for _, err := range errs {
			if err == nil {
				done++
			} else if !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
		}
		if done != 1 || f.owed() != was+missing.Row.Minor/100 {
			t.Errorf("%d of 4 booked; owed %d, was %d", done, f.owed(), was)
		}
	})
}

func TestDecide_keepOurs(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		f := newFamily(t, r)
		b := f.board(r.rina, f.key)
		if err := f.Settle(context.Background(), f.as(r.rina), r.rina, f.key, b.Differing[0].Key, false); err != nil {
			t.Fatal(err)
		}
		b = f.board(r.rina, f.key)
		if len(b.Differing) != 0 || b.Proof.Kept != money.Rupiah(20) || b.Decided[0].Changed {
			t.Errorf("kept %+v, %+v", b.Proof.Kept, b.Decided)
		}
	})
}

// An entry that is changed after the decision is shown as open again.
func TestDecide_changedSince(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		f := newFamily(t, r)
		f.decide(t)
		d := f.board(r.rina, f.key).Decided[0]
		r.keep(r.rina, func(tx *store.Tx, v cash.View) error {
			_, err := r.cash.Correct(context.Background(), tx, v, d.Entries[0].ID, cash.AnyRevision, func(n *cash.NewEntry) { n.Amount.Minor += 100 })
			return err
		})
		b := f.board(r.rina, f.key)
		if !b.Decided[0].Changed || b.Proof.Open != 1 || b.Proof.Zero() || b.Proof.Difference != money.Rupiah(-1) {
			t.Errorf("%+v", b.Proof)
		}
	})
}

func TestJoin(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		ctx := context.Background()
		card := r.account(r.rina, cash.NewAccount{Kind: cash.Card, Shared: true})
		// Two of the lines are one entry under another name, a week away.
		n := entry(cardstatement.Bought{Days: 14, Rupiah: 75000 + 58000, Shop: "Belanja"}, card.ID)
		whole := r.enter(r.rina, n)
		key := r.upload(r.rina, cardstatement.Sample(closed, "7719"))
		if err := r.Bind(ctx, r.as(r.rina), r.rina, key, cardstatement.Binding{Account: card.ID}); err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			lines []int64
			want  fault.Code
		}{
			"nothing":        {nil, fault.Invalid},
			"another sum":    {[]int64{32}, fault.Invalid},
			"unknown line":   {[]int64{400}, fault.Conflict},
			"one line twice": {[]int64{32, 32}, fault.Conflict},
		} {
			if err := r.Join(ctx, r.as(r.rina), r.rina, key, c.lines, []id.ID{whole.ID}); !fault.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := r.Join(ctx, r.as(r.rina), r.rina, key, []int64{32, 36}, []id.ID{whole.ID}); err != nil {
			t.Fatal(err)
		}
		b := r.board(r.rina, key)
		if len(b.Decided) != 1 || len(b.Decided[0].Rows) != 2 || !b.Decided[0].Difference.IsZero() || len(b.Extra) != 0 {
			t.Errorf("%+v", b.Decided)
		}
		if err := r.Join(ctx, r.as(r.rina), r.rina, key, []int64{32, 36}, []id.ID{whole.ID}); !fault.Is(err, fault.Conflict) {
			t.Errorf("again: %v", err)
		}
	})
}

// What is left to the next statement is offered there, and what one statement
// joined no other does.
func TestBoard_nextStatement(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		f := newFamily(t, r)
		f.decide(t)
		later := r.upload(r.rina, cardstatement.Sample(closed.AddDate(0, 1, 0), "7719"))
		b := f.board(r.rina, later)
		if b.File.Account != f.card.ID {
			t.Fatal("the card was not known again")
		}
		found := false
		for _, x := range b.Extra {
			found = found || x.Entry.ID == f.next.ID
		}
		if !found || len(b.Sure) != 0 || len(b.Decided) != 0 {
			t.Errorf("next offered: %v; %d sure", found, len(b.Sure))
		}
	})
}

func TestDecide_others(t *testing.T) {
	both(t, func(t *testing.T, r *rig) {
		f := newFamily(t, r)
		ctx := context.Background()
		sure := keys(f.board(r.rina, f.key).Sure)
		for name, c := range map[string]struct {
			who  id.Subject
			want fault.Code
		}{"viewer": {r.dewi, fault.Forbidden}, "stranger": {r.tono, fault.NotFound}} {
			for act, err := range map[string]error{
				"accept": r.Accept(ctx, r.as(c.who), c.who, f.key, sure),
				"book":   r.Book(ctx, r.as(c.who), c.who, f.key, []cardstatement.Entering{{Line: 36}}),
				"settle": r.Settle(ctx, r.as(c.who), c.who, f.key, "37:", true),
				"leave":  r.Leave(ctx, r.as(c.who), c.who, f.key, f.next.ID, true),
				"join":   r.Join(ctx, r.as(c.who), c.who, f.key, []int64{1, 2}, nil),
				"undo":   r.Undo(ctx, r.as(c.who), c.who, f.key, f.next.ID),
				"bind":   r.Bind(ctx, r.as(c.who), c.who, f.key, cardstatement.Binding{Account: f.card.ID}),
				"remove": r.Remove(ctx, r.as(c.who), c.who, f.key),
				"unlock": r.Unlock(ctx, r.as(c.who), c.who, f.key, "rahasia"),
			} {
				if !fault.Is(err, c.want) {
					t.Errorf("%s: %s: %v", name, act, err)
				}
			}
		}
		// From another family the number leads nowhere.
		sc := r.as(r.tono)
		sc.Tenant = r.others
		if err := r.Accept(ctx, sc, r.tono, f.key, sure); !fault.Is(err, fault.NotFound) {
			t.Errorf("other family: %v", err)
		}
		if b := f.board(r.bagas, f.key); len(b.Rows) != 40 {
			t.Error("a member does not see the statement of a shared card")
		}
		// A member's own card is theirs alone.
		own := r.account(r.bagas, cash.NewAccount{Kind: cash.Card})
		mine := r.upload(r.bagas, cardstatement.Sample(closed, "0042"))
		if err := r.Bind(ctx, r.as(r.bagas), r.bagas, mine, cardstatement.Binding{Account: f.card.ID}); err != nil {
			t.Fatal(err)
		}
		if err := r.Bind(ctx, r.as(r.bagas), r.bagas, mine, cardstatement.Binding{Account: own.ID}); err != nil {
			t.Fatal(err)
		}
		if err := r.read(r.rina, func(tx *store.Tx, v cash.View) error { _, err := r.Board(ctx, tx, v, mine); return err }); !fault.Is(err, fault.NotFound) {
			t.Errorf("a private card: %v", err)
		}
		if err := r.Bind(ctx, r.as(r.rina), r.rina, f.key, cardstatement.Binding{Account: own.ID}); !fault.Is(err, fault.Invalid) {
			t.Errorf("bound to another's private card: %v", err)
		}
		if err := r.Remove(ctx, r.as(r.bagas), r.bagas, f.key); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a member removes another's: %v", err)
		}
	})
}
