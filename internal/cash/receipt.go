package cash

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Taken is a picture that lies sealed on the disk and was read, and that no row
// knows yet: Settle makes its row, Forget removes it.
type Taken struct {
	row     Receipt
	reading Reading
	family  id.Tenant
}

// ID is the receipt's.
func (t *Taken) ID() id.ID { return t.row.ID }

// Take cleans, seals and reads a picture, outside of any transaction; one picture
// is read at a time, the others wait. source is what it came with, unique in the
// family. Faults: those of CleanPicture; Forbidden (store.Closed) where the person
// stopped what it is for: then nothing was read and nothing kept.
func (s *Service) Take(ctx context.Context, sc store.Scope, who id.Subject, picture []byte, source string, way Way) (*Taken, error) {
	const op = "cash.Take"
	sc.Purpose = Evidence
	if err := s.db.May(sc, who); err != nil {
		return nil, fault.Wrap(op, err)
	}
	p, err := CleanPicture(picture)
	if err != nil {
		return nil, err
	}
	now := clock.At(s.clock.Now())
	sum := sha256.Sum256(p.Bytes)
	digest := hex.EncodeToString(sum[:])
	t := &Taken{family: sc.Tenant, row: Receipt{Subject: who, ReceivedAt: now, Way: way, Type: p.Type, Size: int64(len(p.Bytes)), Turn: p.Turn, Digest: vault.Seal(digest), State: Kept, Source: source}}
	t.row.ID = s.db.NewID()
	t.row.File = vault.FileID(t.row.ID)
	proof, err := s.prove(t.row.ID, digest, t.row.Size, now)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	t.row.Proof = vault.Seal(proof)
	if t.row.Image, err = s.db.Vault().Index(ctx, sc.Tenant, "cash_receipts.image", digest); err != nil {
		return nil, fault.Wrap(op, err)
	}
	t.reading, err = s.read(ctx, p)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	if s.Second != nil { // not in the queue of this machine's processor
		t.reading = s.Second.Second(ctx, sc.Tenant, who, Turned(p), t.reading)
	}
	if print := t.reading.Facts.print(); print != "" {
		if t.row.Fingerprint, err = s.db.Vault().Index(ctx, sc.Tenant, "cash_receipts.fingerprint", print); err != nil {
			return nil, fault.Wrap(op, err)
		}
	}
	if _, err := s.db.PutFile(ctx, sc, who, t.row.File, bytes.NewReader(p.Bytes)); err != nil {
		return nil, fault.Wrap(op, err)
	}
	return t, nil
}

// Forget removes a picture whose receipt was not stored after all.
func (s *Service) Forget(ctx context.Context, t *Taken) {
	sc := s.work(t.family, Evidence)
	if err := s.db.DeleteFile(context.WithoutCancel(ctx), sc, t.row.Subject, t.row.File); err != nil {
		s.Log.Warn("the picture of a receipt that was not kept lies on", "code", fault.CodeOf(err))
	}
}

// read asks the reader, one picture at a time.
func (s *Service) read(ctx context.Context, p Picture) (Reading, error) {
	if s.Reader == nil {
		return Reading{Verdict: Unsure, Facts: Facts{Currency: money.IDR, Unsure: []string{"merchant", "date", "total"}}}, nil
	}
	select {
	case s.reading <- struct{}{}:
	case <-ctx.Done():
		return Reading{}, ctx.Err()
	}
	defer func() { <-s.reading }()
	return s.Reader.Read(ctx, Turned(p))
}

// print is what makes two pictures one receipt; "" where too little is known.
func (f Facts) print() string {
	if f.Total == 0 || f.Merchant == "" || f.Day == "" {
		return ""
	}
	return strings.Join([]string{normal(f.Merchant), f.Day, f.Time, strconv.FormatInt(f.Total, 10)}, "|")
}

// Outcome is what became of a receipt.
type Outcome struct {
	Receipt *Receipt
	Facts   Facts
	Entry   *Entry // where it was booked
	// Guessed are fields of the entry that the receipt does not say: date, merchant.
	Guessed []string
	// Fresh is false where the source was settled before.
	Fresh bool
}

// Settle stores a receipt that was taken, and books it if it is sure: then the
// receipt's State is Settled. Otherwise it is Asking or Refused, with a Reason.
// Names of people are stored only where the person consented.
func (s *Service) Settle(ctx context.Context, tx *store.Tx, v View, t *Taken) (Outcome, error) {
	const op = "cash.Settle"
	if !v.Write {
		return Outcome{}, fault.New(fault.Forbidden, op, "cash.forbidden")
	}
	r, f := t.row, t.reading.Facts
	have, err := store.One[Receipt](ctx, tx, "WHERE tenant_id = $1 AND source = $2", tx.Tenant(), r.Source)
	if err == nil {
		tx.AfterCommit(func() { s.Forget(ctx, t) })
		out, err := s.outcome(ctx, tx, have)
		return out, fault.Wrap(op, err)
	}
	if !fault.Is(err, fault.NotFound) {
		return Outcome{}, fault.Wrap(op, err)
	}
	err = nil
	if f.Category == "health" || s.Guess(Out, f.Merchant, "") == "health" {
		f.Items = nil // what was bought for one's health is nobody's line
		t.reading.Facts.Items = nil
	}
	r.Reader = t.reading.Reader
	r.Merchant = vault.Seal(f.Merchant)
	if err := r.put(f); err != nil {
		return Outcome{}, fault.Wrap(op, err)
	}
	if err := s.judge(ctx, tx, &r, t.reading); err != nil {
		return Outcome{}, fault.Wrap(op, err)
	}
	if err := store.Insert(ctx, tx, &r); err != nil {
		return Outcome{}, fault.Wrap(op, err)
	}
	if err := s.keepPeople(ctx, tx, &r, t.reading.People); err != nil {
		return Outcome{}, fault.Wrap(op, err)
	}
	out := Outcome{Receipt: &r, Facts: f, Fresh: true}
	if r.State == Kept {
		out.Entry, out.Guessed, err = s.bookReceipt(ctx, tx, v, &r, f)
	}
	return out, fault.Wrap(op, err)
}

func (r *Receipt) put(f Facts) error {
	f.Merchant = "" // stands in a column of its own
	text, err := json.Marshal(f)
	r.Facts = vault.Seal(string(text))
	return err
}

// Said are the facts of a receipt.
func (r *Receipt) Said() Facts {
	var f Facts
	_ = json.Unmarshal([]byte(r.Facts.Reveal()), &f)
	f.Merchant = r.Merchant.Reveal()
	return f
}

// judge says whether a receipt can be booked; what is unsure waits for a person.
func (s *Service) judge(ctx context.Context, tx *store.Tx, r *Receipt, reading Reading) error {
	switch reading.Verdict {
	case NoReceipt, Blurred, Several, Foreign, TooLarge, Unreadable:
		r.State, r.Reason = Refused, "cash.receipt."+string(reading.Verdict)
		return nil
	}
	for _, c := range []struct {
		column string
		value  vault.Index
		reason string
	}{{"image_index", r.Image, "cash.receipt.same_picture"}, {"fingerprint", r.Fingerprint, "cash.receipt.same_receipt"}} {
		if c.value.IsZero() {
			continue
		}
		var twin id.ID
		err := tx.QueryRow(ctx, "SELECT id FROM cash_receipts WHERE tenant_id = $1 AND "+c.column+" = $2 AND state <> 'dropped' ORDER BY received_at, id LIMIT 1", []any{tx.Tenant(), c.value}, &twin)
		if err == nil {
			r.State, r.Reason, r.Twin = Asking, c.reason, twin
			return nil
		}
		if !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	switch f := reading.Facts; {
	case f.Contradicts:
		r.State, r.Reason = Asking, "cash.receipt.contradicts"
	case f.Total <= 0 || reading.Verdict == Unsure:
		r.State, r.Reason = Asking, "cash.receipt.total_unsure"
	}
	return nil
}

// bookReceipt enters what a receipt says.
func (s *Service) bookReceipt(ctx context.Context, tx *store.Tx, v View, r *Receipt, f Facts) (*Entry, []string, error) {
	n, guessed := s.entryOf(v, r, f)
	e, _, err := s.Enter(ctx, tx, v, n)
	if err != nil {
		return nil, nil, err
	}
	r.State, r.Reason, r.Entry, r.DoneAt = Settled, "", e.ID, tx.Now()
	return e, guessed, store.Update(ctx, tx, r)
}

// entryOf is a receipt as it would be entered; guessed names what it does not say.
func (s *Service) entryOf(v View, r *Receipt, f Facts) (n NewEntry, guessed []string) {
	n = NewEntry{Kind: Out, Amount: money.Amount{Minor: f.Total, Currency: f.Currency}, Merchant: f.Merchant, Category: f.Category, Receipt: r.ID, Items: f.Items,
		Source: "receipt:" + r.ID.String(), Way: ByReceipt}
	if n.Amount.Currency == "" {
		n.Amount.Currency = money.IDR
	}
	if len(n.Items) > maxItems {
		n.Items = nil
	}
	if !fits(Out, n.Category) {
		n.Category = ""
	}
	n.At = r.ReceivedAt.Time()
	at, err := time.ParseInLocation("2006-01-02 15:04", f.Day+" "+f.Time, v.Zone)
	n.Timed = err == nil
	if err != nil {
		at, err = time.ParseInLocation(time.DateOnly, f.Day, v.Zone)
	}
	// A day that lies ahead, or long back, was read wrongly more likely than not.
	if err == nil && at.Before(r.ReceivedAt.Time().AddDate(0, 0, 1)) && at.After(r.ReceivedAt.Time().AddDate(-3, 0, 0)) {
		n.At = at
	} else {
		n.Timed = false
		guessed = append(guessed, "date")
	}
	if f.Merchant == "" {
		guessed = append(guessed, "merchant")
	}
	return n, guessed
}

// keepPeople stores names of people where their purpose is open, and nothing else.
func (s *Service) keepPeople(ctx context.Context, tx *store.Tx, r *Receipt, names []string) error {
	if len(names) == 0 {
		return nil
	}
	err := tx.For(ctx, Others, func() error {
		if err := tx.May(r.Subject); err != nil {
			return err
		}
		return store.Insert(ctx, tx, &People{Subject: r.Subject, Receipt: r.ID, Names: vault.Seal(strings.Join(names, "\n")), At: tx.Now()})
	})
	if store.Closed(err) {
		return nil
	}
	return err
}

// Receipt reads one that the person sees: their own, or that of an entry that they
// see. Fault NotFound otherwise.
func (s *Service) Receipt(ctx context.Context, tx *store.Tx, v View, key id.ID) (*Receipt, error) {
	const op = "cash.Receipt"
	r, err := store.Get[Receipt](ctx, tx, key)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	if r.Subject == v.Subject {
		return r, nil
	}
	if !r.Entry.IsZero() {
		if _, err := s.Entry(ctx, tx, v, r.Entry); err == nil {
			return r, nil
		}
	}
	return nil, fault.New(fault.NotFound, op, "not_found")
}

// OpenPicture opens the picture of a receipt that was read with Receipt, outside of
// any transaction.
func (s *Service) OpenPicture(ctx context.Context, sc store.Scope, r *Receipt) (Picture, error) {
	const op = "cash.OpenPicture"
	sc.Purpose = Evidence
	in, err := s.db.OpenFile(ctx, sc, r.Subject, r.File)
	if err != nil {
		return Picture{}, fault.Wrap(op, err)
	}
	defer in.Close()
	b, err := io.ReadAll(io.LimitReader(in, MaxPicture+1))
	return Picture{Bytes: b, Type: r.Type, Turn: r.Turn}, fault.Wrap(op, err)
}

func (s *Service) outcome(ctx context.Context, tx *store.Tx, r *Receipt) (Outcome, error) {
	out := Outcome{Receipt: r, Facts: r.Said()}
	if r.Entry.IsZero() {
		return out, nil
	}
	e, err := store.Get[Entry](ctx, tx, r.Entry)
	out.Entry = e
	return out, err
}

// Upload takes a picture that a person hands over by a page or a call and settles
// it. source makes it once; "" takes it anew each time.
func (s *Service) Upload(ctx context.Context, sc store.Scope, who id.Subject, picture []byte, source string) (Outcome, error) {
	const op = "cash.Upload"
	if source == "" {
		source = "upload:" + s.db.NewID().String()
	}
	t, err := s.Take(ctx, sc, who, picture, source, ByForm)
	if err != nil {
		return Outcome{}, err
	}
	var out Outcome
	err = s.db.Write(ctx, sc, func(tx *store.Tx) error {
		v, err := s.View(ctx, tx, who)
		if err == nil {
			out, err = s.Settle(ctx, tx, v, t)
		}
		return err
	})
	if err != nil {
		s.Forget(ctx, t)
	}
	return out, fault.Wrap(op, err)
}
