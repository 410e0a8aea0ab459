package cardstatement

import (
	"amanah/internal/cash"
	"amanah/internal/money"
)

type byID struct {
	ID string `path:"id" maxLength:"36" example:"01936b3e-8c2a-7d10-a5f4-3b6c8d9e0f12" doc:"Its number."`
}

type uploadIn struct {
	Filename string `query:"filename" maxLength:"120" example:"tagihan.pdf" doc:"The file's name."`
	RawBody  []byte `contentType:"application/octet-stream" doc:"The file."`
}

type unlockIn struct {
	byID
	Body struct {
		Password string `json:"password" maxLength:"200" doc:"Of the PDF; used once, stored nowhere."`
	}
}

type bindIn struct {
	byID
	Body struct {
		Account string `json:"account_id,omitempty" maxLength:"36" doc:"A card account. Left out: a new one is made."`
		Name    string `json:"name,omitempty" maxLength:"60" doc:"Of a new one."`
		Shared  bool   `json:"shared,omitempty" doc:"A new one is the family's."`
	}
}

type acceptIn struct {
	byID
	Body struct {
		Pairs []string `json:"pairs" maxItems:"2000" doc:"Keys of proposals, as they were read."`
	}
}

type bookIn struct {
	byID
	Body struct {
		Rows []bookRow `json:"rows" maxItems:"2000"`
	}
}

type bookRow struct {
	Line     int64  `json:"line"`
	Category string `json:"category,omitempty" maxLength:"60" doc:"Left out: as guessed."`
	Merchant string `json:"merchant,omitempty" maxLength:"120" doc:"Left out: as guessed."`
	Other    string `json:"other_account_id,omitempty" maxLength:"36" doc:"The other end of a payment."`
}

type settleIn struct {
	byID
	Body struct {
		Pair string `json:"pair" maxLength:"4000"`
		Take bool   `json:"take" doc:"True: the entry gets the statement's amount. False: it keeps its own."`
	}
}

type leaveIn struct {
	byID
	Body struct {
		Entry string `json:"entry_id" maxLength:"36"`
		Drop  bool   `json:"drop,omitempty" doc:"True: the entry is taken back."`
	}
}

type joinIn struct {
	byID
	Body struct {
		Lines   []int64  `json:"lines" maxItems:"500"`
		Entries []string `json:"entry_ids" maxItems:"500"`
	}
}

type undoIn struct {
	byID
	Body struct {
		Decision string `json:"decision_id" maxLength:"36"`
	}
}

// headBody is a statement's head as the API shows it.
type headBody struct {
	ID       string `json:"id"`
	State    string `json:"state" enum:"kept,locked,barred,asks,open,settled,refused"`
	Reason   string `json:"reason,omitempty" doc:"A word that stays the same."`
	Issuer   string `json:"issuer,omitempty"`
	Last4    string `json:"card_last4,omitempty"`
	Day      string `json:"statement_date,omitempty"`
	Due      string `json:"due_date,omitempty"`
	Currency string `json:"currency,omitempty"`
	Previous string `json:"previous_balance,omitempty"`
	Total    string `json:"total,omitempty"`
	Lines    int64  `json:"lines"`
	Account  string `json:"account_id,omitempty"`
}

type rowBody struct {
	Line   int64  `json:"line"`
	Day    string `json:"date"`
	Text   string `json:"description"`
	Amount string `json:"amount" doc:"Minus for what came back."`
	Type   string `json:"type"`
}

type pairBody struct {
	Pair       string   `json:"pair" doc:"Its key."`
	Sure       bool     `json:"sure"`
	Act        string   `json:"act" enum:"joined,moved,cancelled,took"`
	Lines      []int64  `json:"lines"`
	Entries    []string `json:"entry_ids"`
	Difference string   `json:"difference"`
	Reason     string   `json:"reason"`
}

type lackBody struct {
	Line     int64  `json:"line"`
	Kind     string `json:"kind"`
	Category string `json:"category"`
	Merchant string `json:"merchant"`
	Other    bool   `json:"needs_other_account"`
	Reason   string `json:"reason"`
}

type extraBody struct {
	Entry  string `json:"entry_id"`
	Amount string `json:"amount"`
	Reason string `json:"reason"`
}

type decisionBody struct {
	ID         string   `json:"id"`
	Act        string   `json:"act"`
	Lines      []int64  `json:"lines"`
	Entries    []string `json:"entry_ids"`
	Difference string   `json:"difference"`
	Changed    bool     `json:"changed" doc:"An entry was changed since."`
}

type proofBody struct {
	Stated          bool   `json:"stated" doc:"The paper names both balances."`
	PaperDifference string `json:"paper_difference" doc:"Nought where previous balance and rows give the new one."`
	Rows            string `json:"rows"`
	Books           string `json:"books"`
	Difference      string `json:"difference"`
	Kept            string `json:"kept" doc:"The part that a person let stand."`
	Open            int    `json:"open" doc:"Rows and entries that wait for a decision."`
	Zero            bool   `json:"zero"`
}

type boardBody struct {
	headBody
	Rows      []rowBody      `json:"rows"`
	Proposals []pairBody     `json:"proposals"`
	Differing []pairBody     `json:"differing"`
	Missing   []lackBody     `json:"missing"`
	Extra     []extraBody    `json:"extra"`
	Decisions []decisionBody `json:"decisions"`
	Proof     *proofBody     `json:"proof,omitempty"`
}

type boardOut struct{ Body boardBody }

type listOut struct {
	Body struct {
		Items []headBody `json:"items"`
	}
}

func (f *File) head() headBody {
	h := headBody{ID: f.ID.String(), State: string(f.State), Reason: f.Reason, Issuer: f.Issuer, Last4: f.Last4.Reveal(), Day: f.Day, Due: f.Due, Currency: string(f.Currency), Lines: f.Lines}
	if f.Stated {
		h.Previous, h.Total = f.amount(f.Previous).Decimal(), f.amount(f.Total).Decimal()
	}
	if !f.Account.IsZero() {
		h.Account = f.Account.String()
	}
	return h
}

func linesOf(rows []Row) []int64 {
	out := []int64{}
	for _, r := range rows {
		out = append(out, r.Line)
	}
	return out
}

func idsOf(entries []cash.Line) []string {
	out := []string{}
	for _, e := range entries {
		out = append(out, e.ID.String())
	}
	return out
}

func pairOf(p Proposal, sure bool) pairBody {
	return pairBody{p.Key, sure, string(p.Act), linesOf(p.Rows), idsOf(p.Entries), p.Difference.Decimal(), p.Why.Key}
}

func (b *Board) body() boardBody {
	out := boardBody{headBody: b.File.head(), Rows: []rowBody{}, Proposals: []pairBody{}, Differing: []pairBody{}, Missing: []lackBody{}, Extra: []extraBody{}, Decisions: []decisionBody{}}
	for _, r := range b.Rows {
		out.Rows = append(out.Rows, rowBody{r.Line, r.Day, r.Text.Reveal(), r.Amount().Decimal(), string(r.Type)})
	}
	if b.Account == nil {
		return out
	}
	for _, p := range b.Sure {
		out.Proposals = append(out.Proposals, pairOf(p, true))
	}
	for _, list := range [][]Proposal{b.Doubtful, b.Elsewhere} {
		for _, p := range list {
			out.Proposals = append(out.Proposals, pairOf(p, false))
		}
	}
	for _, p := range b.Differing {
		out.Differing = append(out.Differing, pairOf(p, false))
	}
	for _, l := range b.Missing {
		out.Missing = append(out.Missing, lackBody{l.Row.Line, string(l.Kind), l.Category, l.Shop, l.Other, l.Why.Key})
	}
	for _, x := range b.Extra {
		out.Extra = append(out.Extra, extraBody{x.Entry.ID.String(), b.File.amount(b.spent(x.Entry)).Decimal(), x.Why.Key})
	}
	for _, d := range b.Decided {
		out.Decisions = append(out.Decisions, decisionBody{d.ID.String(), string(d.Act), linesOf(d.Rows), idsOf(d.Entries), d.Difference.Decimal(), d.Changed})
	}
	p := b.Proof
	dec := func(a money.Amount) string { return a.Decimal() }
	out.Proof = &proofBody{p.Stated, dec(p.PaperDifference), dec(p.Rows), dec(p.Books), dec(p.Difference), dec(p.Kept), p.Open, p.Zero()}
	return out
}
