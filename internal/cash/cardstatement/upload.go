package cardstatement

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// barFor is how long a file stays barred after ten wrong passwords.
const barFor = 24 * time.Hour

// Upload seals a file and has it read. fresh is false for a file that the person
// brought before: then key is that statement. A file that was refused, or barred
// for a day, is looked at again. Faults: Forbidden; Invalid on "file" for what can
// be no statement, is empty, or too large.
func (s *Service) Upload(ctx context.Context, sc store.Scope, who id.Subject, name string, r io.Reader) (key id.ID, fresh bool, err error) {
	const op = "cardstatement.Upload"
	if err := s.may(ctx, sc, who); err != nil {
		return key, false, fault.Wrap(op, err)
	}
	b := bufio.NewReaderSize(r, 4096)
	head, err := b.Peek(1024)
	if err != nil && !errors.Is(err, io.EOF) {
		return key, false, uploadFault(op, err)
	}
	if why := refusedAtOnce(head); why != "" {
		return key, false, fault.New(fault.Invalid, op, why).On("file")
	}
	sum := sha256.New()
	at := vault.FileID(s.db.NewID())
	size, err := s.db.PutFile(ctx, sc, who, at, io.TeeReader(&bounded{r: b, left: s.MaxBytes}, sum))
	if err != nil {
		return key, false, uploadFault(op, err)
	}
	kept := false
	defer func() {
		if !kept {
			_ = s.db.DeleteFile(context.WithoutCancel(ctx), sc, who, at)
		}
	}()
	f := &File{Subject: who, Name: vault.Seal(shortName(name)), File: at, Size: size, State: Kept}
	if f.Digest, err = s.db.Vault().Index(ctx, sc.Tenant, "statement_files.digest", string(sum.Sum(nil))); err != nil {
		return key, false, fault.Wrap(op, err)
	}
	err = s.db.Write(ctx, sc, func(tx *store.Tx) (err error) {
		key, fresh, err = s.keepFile(ctx, tx, f)
		return err
	})
	kept = err == nil && fresh
	return key, fresh, fault.Wrap(op, err)
}

// may tells whether a person may bring statements into the family.
func (s *Service) may(ctx context.Context, sc store.Scope, who id.Subject) error {
	return s.db.Read(ctx, sc, func(tx *store.Tx) error {
		v, err := s.Cash.View(ctx, tx, who)
		if err == nil && !v.Write {
			err = fault.New(fault.Forbidden, "cardstatement.may", "cash.forbidden")
		}
		return err
	})
}

// keepFile stores a new file, or finds the one of the same bytes.
func (s *Service) keepFile(ctx context.Context, tx *store.Tx, f *File) (id.ID, bool, error) {
	f.ID, f.CreatedAt = tx.NewID(), tx.Now()
	fresh, err := store.InsertOnce(ctx, tx, f, "tenant_id, subject, digest")
	if err != nil {
		return f.ID, false, err
	}
	key := f.ID
	if !fresh {
		old, err := store.One[File](ctx, tx, "WHERE tenant_id = $1 AND subject = $2 AND digest = $3", tx.Tenant(), f.Subject, f.Digest)
		if err != nil {
			return key, false, err
		}
		over := old.State == Barred && tx.Now().Time().Sub(old.EndedAt.Time()) >= barFor
		if !over && (old.State != Refused || !old.Twin.IsZero()) {
			return old.ID, false, nil
		}
		key = old.ID
		if _, err := tx.Exec(ctx, "UPDATE statement_files SET file = $1, state = $2, reason = '', tries = 0, created_at = $3 WHERE tenant_id = $4 AND id = $5",
			f.File, string(Kept), tx.Now(), tx.Tenant(), key); err != nil {
			return key, false, err
		}
	}
	return key, true, s.Jobs.Enqueue(ctx, tx, job.Task{Kind: Task, Service: s.Slug, Tenant: tx.Tenant(), ID: key}, tx.Now().Time())
}

// Remove forgets a statement with its rows and decisions, and destroys its file.
// What was booked stays booked. Faults: Forbidden for somebody else's; Conflict
// for one that is barred, whose count would begin anew.
func (s *Service) Remove(ctx context.Context, sc store.Scope, who id.Subject, key id.ID) error {
	const op = "cardstatement.Remove"
	var f *File
	err := s.db.Write(ctx, sc, func(tx *store.Tx) error {
		v, err := s.Cash.View(ctx, tx, who)
		if err != nil {
			return err
		}
		if f, err = s.Get(ctx, tx, v, key); err != nil {
			return err
		}
		switch {
		case f.Subject != who || !v.Write:
			return fault.New(fault.Forbidden, op, "cash.forbidden")
		case f.State == Barred && tx.Now().Time().Sub(f.EndedAt.Time()) < barFor:
			return fault.New(fault.Conflict, op, "cardstatement.barred")
		}
		for _, table := range []string{"statement_rows", "statement_matches"} {
			if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE tenant_id = $1 AND statement_id = $2", tx.Tenant(), f.ID); err != nil {
				return err
			}
		}
		_, err = store.Delete[File](ctx, tx, f.ID)
		return err
	})
	if err == nil && !f.File.IsZero() {
		err = s.db.DeleteFile(ctx, sc, f.Subject, f.File)
	}
	return fault.Wrap(op, err)
}

// refusedAtOnce tells by its beginning what can be no statement.
func refusedAtOnce(head []byte) string {
	for _, p := range []struct{ begins, why string }{
		{"PK\x03\x04", "cardstatement.file.spreadsheet"}, {"\xd0\xcf\x11\xe0", "cardstatement.file.spreadsheet"},
		{"\xff\xd8\xff", "cardstatement.file.picture"}, {"\x89PNG", "cardstatement.file.picture"}, {"GIF8", "cardstatement.file.picture"}, {"RIFF", "cardstatement.file.picture"},
	} {
		if bytes.HasPrefix(head, []byte(p.begins)) {
			return p.why
		}
	}
	if len(bytes.TrimSpace(head)) == 0 {
		return "cardstatement.file.empty"
	}
	return ""
}

// shortName is a file's name without folders.
func shortName(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	if len(name) > 120 {
		name = name[:120]
	}
	return strings.ToValidUTF8(name, "")
}

// bounded gives a fault where a file is larger than allowed.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, fault.New(fault.TooLarge, "cardstatement.Upload", "cardstatement.too_large")
	}
	return n, err
}

// uploadFault turns what a cut or too large request gives into a fault that the
// form shows.
func uploadFault(op string, err error) error {
	var f *fault.Error
	if errors.As(err, &f) && f.Code == fault.TooLarge || strings.Contains(err.Error(), "request body too large") {
		return fault.New(fault.Invalid, op, "cardstatement.too_large").On("file")
	}
	if errors.As(err, &f) && f.Code != fault.Invalid {
		return fault.Wrap(op, err)
	}
	return fault.New(fault.Invalid, op, "cardstatement.file.cut").On("file").Cause(err)
}
