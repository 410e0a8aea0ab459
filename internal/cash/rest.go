package cash

import (
	"context"
	"io"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/money"
	"amanah/internal/rest"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// REST adds what the module's pages do.
func (s *Service) REST(api *rest.API) {
	readers := []tenant.Role{tenant.Owner, tenant.Worker, tenant.Viewer}
	op := func(method, path, name, says string) rest.Op {
		o := rest.Op{Method: method, Path: path, ID: name, Tag: "Money", Summary: says, Scope: "money:write", Roles: readers[:2]}
		if method == "GET" {
			o.Scope, o.Roles = "money:read", readers
		}
		return o
	}
	creates := func(o rest.Op) rest.Op { o.Creates = true; return o }
	rest.Register(api, op("GET", "/entries", "listEntries", "List entries"), s.restList)
	rest.Register(api, creates(op("POST", "/entries", "createEntry", "Record an entry")), s.restEnter)
	rest.Register(api, op("GET", "/entries/{id}", "getEntry", "Read an entry with its items, shares and history"), s.restEntry)
	rest.Register(api, op("PATCH", "/entries/{id}", "correctEntry", "Correct an entry"), s.restCorrect)
	rest.Register(api, op("POST", "/entries/{id}/undo", "undoEntry", "Take an entry back"), s.restUndo)
	rest.Register(api, op("POST", "/entries/{id}/restore", "restoreEntry", "Book an entry again that was taken back"), s.restRestore)
	rest.Register(api, op("PUT", "/entries/{id}/shares", "shareEntry", "Say who bears what of an entry"), s.restShares)
	bundle := op("GET", "/entries/{id}/bundle", "getEntryProof", "Download what stands in a dispute about an entry")
	bundle.Produces = "application/zip"
	rest.RegisterStream(api, bundle, s.restBundle)
	up := creates(op("POST", "/receipts", "uploadReceipt", "Send the picture of a receipt"))
	up.Details = "JPEG, PNG or WebP as the body, 20 MB at most. It is read and booked; what is unsure comes back as asking."
	rest.Register(api, up, s.restUpload)
	rest.Register(api, op("GET", "/receipts", "listReceipts", "List receipts that wait for a decision"), s.restWaiting)
	rest.Register(api, op("POST", "/receipts/{id}/decide", "decideReceipt", "Record a receipt that asks"), s.restDecide)
	rest.Register(api, op("DELETE", "/receipts/{id}", "dropReceipt", "Do not record a receipt that asks, and destroy its picture"), s.restDrop)
	picture := op("GET", "/receipts/{id}/picture", "getReceiptPicture", "Download the picture of a receipt")
	picture.Produces = "application/octet-stream"
	rest.RegisterStream(api, picture, s.restPicture)
	rest.Register(api, op("GET", "/accounts", "listMoneyAccounts", "List accounts with their balances"), s.restAccounts)
	rest.Register(api, creates(op("POST", "/accounts", "createMoneyAccount", "Set up an account")), s.restAddAccount)
	rest.Register(api, op("PUT", "/accounts/{id}", "changeMoneyAccount", "Rename, share or put aside an account"), s.restChangeAccount)
	rest.Register(api, op("GET", "/categories", "listCategories", "List categories"), s.restCategories)
	rest.Register(api, creates(op("POST", "/categories", "createCategory", "Add a category of the family's own")), s.restAddCategory)
	rest.Register(api, op("PUT", "/categories/{id}", "changeCategory", "Rename or put aside a category of the family's own"), s.restChangeCategory)
	rest.Register(api, op("GET", "/months/{month}", "getMonth", "Sums of a month"), s.restMonth)
}

func restScope(ctx context.Context) (identity.Principal, store.Scope) {
	p, _ := identity.FromContext(ctx)
	return p, p.Scope(Record)
}

func (s *Service) calling(ctx context.Context, f func(tx *store.Tx, v View) error) error {
	p, sc := restScope(ctx)
	return s.db.Read(ctx, sc, func(tx *store.Tx) error {
		v, err := s.View(ctx, tx, p.Subject)
		if err != nil {
			return err
		}
		return f(tx, v)
	})
}

func (s *Service) writing(ctx context.Context, f func(tx *store.Tx, v View) error) error {
	p, sc := restScope(ctx)
	return s.db.Write(ctx, sc, func(tx *store.Tx) error {
		v, err := s.View(ctx, tx, p.Subject)
		if err != nil {
			return err
		}
		return f(tx, v)
	})
}

// ByID names one thing in the path.
type ByID struct {
	ID string `path:"id" maxLength:"36" example:"01936b3e-8c2a-7d10-a5f4-3b6c8d9e0f12" doc:"Its number."`
}

func (b ByID) key() (id.ID, error) { return keyOf(b.ID, "") }

func keyOf(text, field string) (id.ID, error) {
	if text == "" && field != "" {
		return id.ID{}, nil
	}
	key, err := id.Parse(text)
	if err == nil {
		return key, nil
	}
	if field == "" {
		return key, fault.New(fault.NotFound, "cash.keyOf", "not_found")
	}
	return key, fault.New(fault.Invalid, "cash.keyOf", "cash.account_unknown").On(field)
}

type nothing struct{}

// moneyAmount is money as the API shows it.
type moneyAmount struct {
	Amount   string `json:"amount" example:"87500.00" doc:"A decimal."`
	Currency string `json:"currency" example:"IDR" doc:"ISO 4217."`
}

func asAmount(a money.Amount) moneyAmount { return moneyAmount{a.Decimal(), string(a.Currency)} }

// restEntry is an entry as the API shows it.
type bookedEntry struct {
	ID       id.ID        `json:"id" format:"uuid" doc:"Its number."`
	Kind     string       `json:"kind" enum:"out,in,transfer,opening" doc:"What it does."`
	Amount   moneyAmount  `json:"amount" doc:"What moved."`
	Arrived  *moneyAmount `json:"arrived,omitempty" doc:"What came to the other account of a transfer."`
	At       time.Time    `json:"at" doc:"When."`
	Timed    bool         `json:"timed" doc:"Whether the hour is known."`
	Account  id.ID        `json:"account" format:"uuid" doc:"The account."`
	To       string       `json:"to,omitempty" doc:"The other account of a transfer."`
	Category string       `json:"category" example:"groceries" doc:"A built-in key, or the number of an own one."`
	Merchant string       `json:"merchant,omitempty" example:"Indomaret" doc:"Shop or other party."`
	Note     string       `json:"note,omitempty" doc:"A note."`
	Private  bool         `json:"private" doc:"Whether only its owner sees it."`
	Member   id.Subject   `json:"member" format:"uuid" doc:"Who entered it."`
	Receipt  string       `json:"receipt,omitempty" doc:"Its receipt."`
	State    string       `json:"state" enum:"booked,undone" doc:"Whether it counts."`
	Way      string       `json:"way" example:"chat" doc:"How it came in."`
	Revision int64        `json:"revision" doc:"Grows with every change."`
}

func asLine(l Line) bookedEntry {
	out := bookedEntry{ID: l.ID, Kind: string(l.Kind), Amount: asAmount(l.Amount()), At: l.At.Time(), Timed: l.Timed, Account: l.Account, Category: l.Category, Merchant: l.Shop,
		Note: l.Note.Reveal(), Private: l.Private, Member: l.Subject, State: string(l.State), Way: string(l.Way), Revision: l.Revision}
	if l.Kind == Transfer {
		a := asAmount(money.Amount{Minor: l.ToMinor, Currency: l.ToCurrency})
		out.Arrived, out.To = &a, l.To.String()
	}
	if !l.Receipt.IsZero() {
		out.Receipt = l.Receipt.String()
	}
	return out
}

// restStream writes a file that was opened.
func restStream(name string, write func(io.Writer) error) *rest.Stream {
	return &rest.Stream{Filename: name, Write: write}
}
