package capture

import (
	"context"
	"encoding/binary"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/ledger"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// TrustFile marks a row that came from a file that the person uploaded.
const TrustFile = "file"

// Row is one movement of money of a file that a person uploaded.
type Row struct {
	// Line names the row in its file; with Intake.Source it is booked once only.
	Line      int64
	Direction string // out, in, internal
	Amount    money.Amount
	At        time.Time
	Precision string // second, minute, day
	Merchant  string // the other party, or ""
	Reference string
	Channel   string
	Category  string // a guess, or ""
	// Fingerprint tells the same row in another file of the same account; "" for none.
	Fingerprint string
	// Hold is a reason to wait for a person, or "".
	Hold string
}

// Intake is a piece of a file: at most some thousand rows, one transaction.
type Intake struct {
	Source  id.ID // of the file
	Subject id.Subject
	Issuer  string // "BCA"
	Last    string // the account's last two to four digits, or ""
	Holder  string
	Rule    string // which layout read it
	// Zone says in which month a row falls; nil means WIB.
	Zone *time.Location
	// Tell has the targets told.
	Tell bool
	Rows []Row
}

// Same is TakeRows' word for a row that is here already.
const Same = same

// TakeRows does with a file's rows what is done with a mail's transactions: a row
// that is here already stays as it is; one that only looks like another waits for
// a person; the rest is booked. The states come back in the rows' order. Running
// it again changes nothing.
func (s *Service) TakeRows(ctx context.Context, tx *store.Tx, in Intake) ([]State, error) {
	const op = "capture.TakeRows"
	if len(in.Rows) == 0 {
		return nil, nil
	}
	if err := touchRows(ctx, tx, in.Subject); err != nil {
		return nil, fault.Wrap(op, err)
	}
	acc, err := s.account(ctx, tx, in.Subject, in.Issuer, in.Last, in.Holder, "")
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	all := make([]*Captured, len(in.Rows))
	shops := map[string]*Merchant{}
	d, err := s.decider(ctx, tx)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	for i, r := range in.Rows {
		if r.Amount.Minor <= 0 || !r.Amount.Currency.Valid() || r.At.IsZero() {
			return nil, fault.New(fault.Invalid, op, "capture.row_invalid")
		}
		if all[i], err = s.fileRow(ctx, tx, in, r, acc.ID, shops, d); err != nil {
			return nil, fault.Wrap(op, err)
		}
	}
	have, err := s.nearby(ctx, tx, in.Source, all, in.Zone)
	if err == nil {
		err = s.metBefore(ctx, tx, have, in.Source)
	}
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	states := make([]State, len(all))
	for _, i := range have.inOrder(all) {
		states[i] = have.weigh(all[i], in.Rows[i].Hold)
	}
	var fresh, booked, told []*Captured
	for i, c := range all {
		switch c.State = states[i]; {
		case states[i] != same:
			fresh = append(fresh, c)
		case !c.Twin.IsZero():
			told = append(told, c)
		}
		if states[i] == Booked {
			booked = append(booked, c)
		}
	}
	if err := s.keepRows(ctx, tx, in, fresh, booked); err != nil {
		return nil, fault.Wrap(op, err)
	}
	for _, c := range told {
		c.State = Booked // it says nothing that would need a person
		if _, err := s.join(ctx, tx, c.Twin, c, in.Zone); err != nil {
			return nil, fault.Wrap(op, err)
		}
	}
	if err := s.pairRows(ctx, tx, acc.ID, booked, in.Zone); err != nil {
		return nil, fault.Wrap(op, err)
	}
	return states, fault.Wrap(op, d.flush(ctx, tx))
}

// touchRows holds the tenant's booking to itself, as touch does for mails.
func touchRows(ctx context.Context, tx *store.Tx, owner id.Subject) error {
	_, err := tx.Exec(ctx, `INSERT INTO capture_mailboxes (tenant_id, id, subject, mails) VALUES ($1, $2, $3, 0)
		ON CONFLICT (tenant_id) DO UPDATE SET mails = capture_mailboxes.mails`, tx.Tenant(), tx.NewID(), owner)
	return err
}

// fileRow makes the stored form of a row; shops are the names met so far.
func (s *Service) fileRow(ctx context.Context, tx *store.Tx, in Intake, r Row, account id.ID, shops map[string]*Merchant, d *decider) (*Captured, error) {
	shop := shops[normal(r.Merchant)]
	if shop == nil {
		var err error
		if shop, err = s.merchant(ctx, tx, in.Subject, r.Merchant); err != nil {
			return nil, err
		}
		shops[normal(r.Merchant)] = shop
	}
	at := clock.At(r.At)
	c := &Captured{Subject: in.Subject, Message: in.Source, Line: r.Line, Direction: or(r.Direction, "out"), Minor: r.Amount.Minor, FeeMinor: -1,
		Currency: r.Amount.Currency, At: at, Precision: or(r.Precision, "day"), Month: month(at, in.Zone), Merchant: shop.ID, Account: account,
		Issuer: in.Issuer, Channel: r.Channel, Reference: vault.Seal(r.Reference), Source: fromFile,
		Confidence: 1000, Trust: TrustFile, Rule: in.Rule, CreatedAt: tx.Now(), ChangedAt: tx.Now()}
	c.ID = tx.NewID()
	if err := d.decide(ctx, tx, c, r.Merchant, shop.Category, r.Category); err != nil || r.Fingerprint == "" {
		return c, err
	}
	x, err := s.db.Vault().Index(ctx, tx.Tenant(), "captured.inner", "file|"+account.String()+"|"+r.Fingerprint)
	// The day stands in clear beside it. In front it keeps the rows of a file beside
	// each other in the index: else every row would touch a page of its own.
	binary.BigEndian.PutUint32(x[:4], uint32(r.At.Unix()/86400)) //nolint:gosec // days since 1970 fit
	c.InnerIndex = x
	return c, err
}

// keepRows stores new rows and the entries of those that are booked.
func (s *Service) keepRows(ctx context.Context, tx *store.Tx, in Intake, fresh, booked []*Captured) error {
	accounts := map[string]id.ID{}
	entries := make([]ledger.Entry, len(booked))
	for i, c := range booked {
		var err error
		if entries[i], err = s.fileEntry(ctx, tx, c, in.Zone, accounts); err != nil {
			return err
		}
	}
	keys, err := ledger.PostAll(ctx, tx, entries)
	if err != nil {
		return err
	}
	for i, c := range booked {
		c.Entry = keys[i]
	}
	rows := make([]Captured, len(fresh))
	for i, c := range fresh {
		rows[i] = *c
	}
	if err := store.InsertAll(ctx, tx, rows); err != nil {
		return err
	}
	if err := s.bookedAll(ctx, tx, booked, in.Zone); err != nil || !in.Tell {
		return err
	}
	for _, c := range booked {
		if err := s.announce(ctx, tx, c, EventCaptured); err != nil {
			return err
		}
	}
	return nil
}

// bookedAll tells of bookings by month, category and currency: sums are all that
// is asked for then, and a file has many rows.
func (s *Service) bookedAll(ctx context.Context, tx *store.Tx, booked []*Captured, zone *time.Location) error {
	told := map[string]bool{}
	for _, c := range booked {
		key := c.Month + c.Category + string(c.Currency)
		if s.Booked == nil || told[key] {
			continue
		}
		told[key] = true
		if err := s.Booked(ctx, tx, c, zone); err != nil {
			return err
		}
	}
	return nil
}

// fileEntry is entry with the ledger's accounts remembered from row to row: all
// rows of a file have one own account, and few categories.
func (s *Service) fileEntry(ctx context.Context, tx *store.Tx, c *Captured, zone *time.Location, known map[string]id.ID) (ledger.Entry, error) {
	own := "own|" + string(c.Currency) + "|" + c.Account.String()
	k := c.Direction + "|" + c.Category + "|" + own
	if _, ok := known[k]; !ok {
		e, err := s.entry(ctx, tx, c, zone)
		if err != nil {
			return e, err
		}
		known[k], known[own] = e.Lines[0].Account, e.Lines[len(e.Lines)-1].Account
	}
	sign := int64(1)
	if c.Direction == "in" || c.Inward {
		sign = -1
	}
	line := func(account id.ID, minor int64) ledger.Line {
		return ledger.Line{Account: account, Amount: money.Amount{Minor: minor, Currency: c.Currency}}
	}
	return ledger.Entry{Source: "capture:" + c.ID.String() + ":0", Subject: c.Subject, At: c.At, Zone: zone,
		Lines: []ledger.Line{line(known[k], sign*c.Minor), line(known[own], -sign*c.Minor)}}, nil
}
