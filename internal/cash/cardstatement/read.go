package cardstatement

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"time"

	"amanah/internal/extract/statement"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// mostTries is how many wrong passwords a file takes.
const mostTries = 10

// Run is the handler of Task. Of two runs one stores the rows; a run that was
// killed is begun again.
func (s *Service) Run(ctx context.Context, t job.Task) error {
	const op = "cardstatement.Run"
	sc := s.scope(t.Tenant)
	var f *File
	err := s.db.Read(ctx, sc, func(tx *store.Tx) (err error) { f, err = store.Get[File](ctx, tx, t.ID); return err })
	if fault.Is(err, fault.NotFound) || err == nil && f.State != Kept {
		return nil // removed or read meanwhile
	}
	if err != nil {
		return fault.Wrap(op, err)
	}
	paper, err := s.look(ctx, sc, f, "")
	switch statement.VerdictOf(paper, err) {
	case statement.Read, statement.Unknown:
		return fault.Wrap(op, s.take(ctx, sc, f, paper))
	case statement.PasswordNeeded, statement.PasswordWrong:
		return fault.Wrap(op, s.db.Write(ctx, sc, func(tx *store.Tx) error {
			_, err := s.turn(ctx, tx, f, Kept, Locked, "")
			return err
		}))
	case statement.Unavailable:
		if !vault.Destroyed(err) && !fault.Is(err, fault.NotFound) {
			return fault.Wrap(op, err)
		}
		return fault.Wrap(op, s.refuse(ctx, sc, f, "cardstatement.gone"))
	}
	return fault.Wrap(op, s.refuse(ctx, sc, f, "cardstatement.verdict."+string(statement.VerdictOf(paper, err))))
}

// look reads the file.
func (s *Service) look(ctx context.Context, sc store.Scope, f *File, password string) (*statement.Statement, error) {
	r, err := s.db.OpenFile(ctx, sc, f.Subject, f.File)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	raw, err := io.ReadAll(io.LimitReader(r, s.MaxBytes+1))
	if err != nil {
		return nil, err
	}
	return s.Reader.Read(ctx, raw, statement.Options{Password: password})
}

// turn takes a file from one state to another, where it is still in that one.
func (s *Service) turn(ctx context.Context, tx *store.Tx, f *File, from, to State, reason string) (bool, error) {
	n, err := tx.Exec(ctx, "UPDATE statement_files SET state = $1, reason = $2, ended_at = $3 WHERE tenant_id = $4 AND id = $5 AND state = $6", string(to), reason, tx.Now(), tx.Tenant(), f.ID, string(from))
	if n > 0 {
		f.State, f.Reason, f.EndedAt = to, reason, tx.Now()
	}
	return n > 0, err
}

// refuse says why a file is no statement, and destroys it.
func (s *Service) refuse(ctx context.Context, sc store.Scope, f *File, reason string) error {
	done := false
	err := s.db.Write(ctx, sc, func(tx *store.Tx) (err error) {
		done, err = s.turn(ctx, tx, f, f.State, Refused, reason)
		return err
	})
	if err != nil || !done {
		return err
	}
	return s.destroy(ctx, sc, f)
}

// destroy removes a file's bytes, and notes that.
func (s *Service) destroy(ctx context.Context, sc store.Scope, f *File) error {
	if f.File.IsZero() {
		return nil
	}
	if err := s.db.DeleteFile(ctx, sc, f.Subject, f.File); err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	return s.db.Write(ctx, sc, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE statement_files SET file = NULL WHERE tenant_id = $1 AND id = $2 AND file = $3", tx.Tenant(), f.ID, f.File)
		return err
	})
}

// Unlock opens a file with its password and reads it. The password is used here
// and nowhere kept. Faults: Invalid on "password" for a wrong one, with how many
// tries are left; TooMany for one that is barred; Conflict for a file that asks
// for none; Forbidden for somebody else's.
func (s *Service) Unlock(ctx context.Context, sc store.Scope, who id.Subject, key id.ID, password string) error {
	const op = "cardstatement.Unlock"
	if password == "" || len(password) > 200 {
		return fault.New(fault.Invalid, op, "cardstatement.password.none").On("password")
	}
	f, err := s.try(ctx, sc, who, key)
	if err != nil {
		return fault.Wrap(op, err)
	}
	paper, err := s.look(ctx, sc, f, password)
	switch v := statement.VerdictOf(paper, err); v {
	case statement.Read, statement.Unknown:
		return fault.Wrap(op, s.take(ctx, sc, f, paper))
	case statement.PasswordNeeded, statement.PasswordWrong:
		return fault.Wrap(op, s.wrong(ctx, sc, f))
	case statement.Unavailable:
		if vault.Destroyed(err) || fault.Is(err, fault.NotFound) {
			return fault.Wrap(op, s.refuse(ctx, sc, f, "cardstatement.gone"))
		}
		_ = s.db.Write(ctx, sc, func(tx *store.Tx) error { // this try was not one
			_, err := tx.Exec(ctx, "UPDATE statement_files SET tries = tries - 1 WHERE tenant_id = $1 AND id = $2 AND tries > 0", tx.Tenant(), f.ID)
			return err
		})
		return fault.Wrap(op, err)
	default:
		return fault.Wrap(op, s.refuse(ctx, sc, f, "cardstatement.verdict."+string(v)))
	}
}

// try counts a try before it is made: of many at once no more than ten come through.
func (s *Service) try(ctx context.Context, sc store.Scope, who id.Subject, key id.ID) (f *File, err error) {
	const op = "cardstatement.try"
	err = s.db.Write(ctx, sc, func(tx *store.Tx) error {
		v, err := s.Cash.View(ctx, tx, who)
		if err != nil {
			return err
		}
		if f, err = s.Get(ctx, tx, v, key); err != nil {
			return err
		}
		if f.Subject != who || !v.Write {
			return fault.New(fault.Forbidden, op, "cash.forbidden")
		}
		n, err := tx.Exec(ctx, "UPDATE statement_files SET tries = tries + 1 WHERE tenant_id = $1 AND id = $2 AND state = $3 AND tries < $4", tx.Tenant(), f.ID, string(Locked), int64(mostTries))
		switch {
		case err != nil:
			return err
		case n > 0: // what others counted meanwhile is in it
			return tx.QueryRow(ctx, "SELECT tries FROM statement_files WHERE tenant_id = $1 AND id = $2", []any{tx.Tenant(), f.ID}, &f.Tries)
		case f.State == Barred || f.State == Locked:
			return fault.New(fault.TooMany, op, "cardstatement.barred").On("password")
		}
		return fault.New(fault.Conflict, op, "cardstatement.password.not_asked")
	})
	return f, err
}

// wrong answers a wrong password; the tenth bars the file and destroys it.
func (s *Service) wrong(ctx context.Context, sc store.Scope, f *File) error {
	const op = "cardstatement.wrong"
	if f.Tries < mostTries {
		return fault.New(fault.Invalid, op, "cardstatement.password.wrong").With("left", mostTries-f.Tries).On("password")
	}
	err := s.db.Write(ctx, sc, func(tx *store.Tx) error {
		_, err := s.turn(ctx, tx, f, Locked, Barred, "cardstatement.barred")
		return err
	})
	if err == nil {
		err = s.destroy(ctx, sc, f)
	}
	if err != nil {
		return err
	}
	return fault.New(fault.TooMany, op, "cardstatement.barred").On("password")
}

// take stores what was read, once.
func (s *Service) take(ctx context.Context, sc store.Scope, f *File, paper *statement.Statement) error {
	// A table without balances is the person's word for a card's; a paper of an
	// account is none that the notice speaks of.
	if paper.Kind == statement.Account && (paper.Pages > 0 || paper.Previous != nil || paper.Total != nil) {
		return s.refuse(ctx, sc, f, "cardstatement.verdict.account")
	}
	same, err := s.db.Vault().Index(ctx, sc.Tenant, "statement_files.same", fingerprint(paper))
	if err != nil {
		return err
	}
	twin := false
	err = s.db.Write(ctx, sc, func(tx *store.Tx) error {
		twin = false
		from := f.State
		other, err := s.twin(ctx, tx, f, same)
		if err != nil {
			return err
		}
		if !other.IsZero() {
			if twin, err = s.turn(ctx, tx, f, from, Refused, "cardstatement.verdict.same"); err != nil || !twin {
				return err
			}
			_, err = tx.Exec(ctx, "UPDATE statement_files SET twin_id = $1 WHERE tenant_id = $2 AND id = $3", other, tx.Tenant(), f.ID)
			return err
		}
		if ok, err := s.turn(ctx, tx, f, from, Asks, ""); err != nil || !ok {
			return err
		}
		return s.putRows(ctx, tx, f, same, paper)
	})
	if err != nil || !twin {
		return err
	}
	return s.destroy(ctx, sc, f)
}

// twin finds the statement of the same rows that the person brought in another file.
func (s *Service) twin(ctx context.Context, tx *store.Tx, f *File, same vault.Index) (other id.ID, err error) {
	err = tx.QueryRow(ctx, "SELECT id FROM statement_files WHERE tenant_id = $1 AND same_index = $2 AND subject = $3 AND id <> $4 ORDER BY created_at LIMIT 1", []any{tx.Tenant(), same, f.Subject, f.ID}, &other)
	if fault.Is(err, fault.NotFound) {
		err = nil
	}
	return other, err
}

// putRows writes the head and the rows, and finds the account by the card.
func (s *Service) putRows(ctx context.Context, tx *store.Tx, f *File, same vault.Index, p *statement.Statement) error {
	f, err := store.Get[File](ctx, tx, f.ID)
	if err != nil {
		return err
	}
	f.Issuer, f.Last4, f.Same = p.Issuer, vault.Seal(p.CardLast4), same
	f.Day, f.Due, f.From, f.Until = day(p.StatementDate), day(p.DueDate), day(p.From), day(p.To)
	f.Currency, f.Known, f.Scripts, f.Attachments = p.Currency, p.Known(), p.Scripts, p.Attachments
	if p.Previous != nil && p.Total != nil {
		f.Stated, f.Previous, f.Total = true, p.Previous.Minor, p.Total.Minor
	}
	if p.Minimum != nil {
		f.Minimum = p.Minimum.Minor
	}
	f.Lines, f.ReadAt, f.EndedAt = int64(len(p.Rows)), tx.Now(), 0
	for _, r := range p.Rows {
		row := &Row{Subject: f.Subject, Statement: f.ID, Line: int64(r.Line), Day: day(r.Date), Posted: day(r.Posted), Text: vault.Seal(r.Text), Minor: r.Amount.Minor, Currency: r.Amount.Currency,
			Type: r.Type, OriginalMinor: r.Original.Minor, OriginalCurrency: r.Original.Currency}
		if r.Direction == statement.In {
			row.Minor, row.OriginalMinor = -row.Minor, -row.OriginalMinor
		}
		if err := store.Insert(ctx, tx, row); err != nil {
			return err
		}
	}
	account, err := s.accountOfCard(ctx, tx, f)
	if err != nil {
		return err
	}
	if f.Account = account; !account.IsZero() {
		f.State = Open
	}
	return store.Update(ctx, tx, f)
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// fingerprint is equal for two files of one statement.
func fingerprint(p *statement.Statement) string {
	sum := sha256.New()
	fmt.Fprintln(sum, p.Issuer, p.CardLast4, day(p.StatementDate))
	for _, r := range p.Rows {
		fmt.Fprintln(sum, day(r.Date), r.Direction, r.Amount.Minor, r.Amount.Currency, r.Text)
	}
	return string(sum.Sum(nil))
}
