package importing

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"amanah/internal/extract/mutation"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Upload seals a file and looks at it. A file of mails begins to run at once, one
// of movements waits for Start. fresh is false for a file that was uploaded
// before: then key is that import. Faults: Invalid on "file" for what is neither,
// TooLarge.
func (s *Service) Upload(ctx context.Context, sc store.Scope, who id.Subject, name string, r io.Reader) (key id.ID, fresh bool, err error) {
	const op = "importing.Upload"
	b := bufio.NewReaderSize(r, 64<<10)
	head, err := b.Peek(4096)
	if err != nil && !errors.Is(err, io.EOF) {
		return key, false, uploadFault(op, err)
	}
	kind, err := kindOf(op, name, head)
	if err != nil {
		return key, false, err
	}
	sum := sha256.New()
	f := vault.FileID(s.db.NewID())
	size, err := s.db.PutFile(ctx, sc, who, f, io.TeeReader(&bounded{r: b, left: s.MaxBytes}, sum))
	if err != nil {
		return key, false, uploadFault(op, err)
	}
	kept := false
	defer func() {
		if !kept {
			_ = s.db.DeleteFile(context.WithoutCancel(ctx), sc, who, f)
		}
	}()
	i := &Import{Subject: who, Kind: kind, Name: vault.Seal(shortName(name)), File: f, Size: size, State: Waiting}
	if i.Digest, err = s.db.Vault().Index(ctx, sc.Tenant, "imports.digest", string(sum.Sum(nil))); err != nil {
		return key, false, fault.Wrap(op, err)
	}
	if kind == Table {
		if err := s.suggest(ctx, sc, i); err != nil {
			return key, false, err
		}
	}
	if key, fresh, err = s.keep(ctx, sc, i); err != nil {
		return key, false, fault.Wrap(op, err)
	}
	kept = fresh
	return key, fresh, nil
}

// keep stores a new import, or finds the one of the same content.
func (s *Service) keep(ctx context.Context, sc store.Scope, i *Import) (key id.ID, fresh bool, err error) {
	err = s.db.Write(ctx, sc, func(tx *store.Tx) error {
		i.CreatedAt = tx.Now()
		i.ID = tx.NewID()
		if i.Kind == Mails {
			i.State, i.StartedAt = Running, tx.Now()
		}
		if fresh, err = store.InsertOnce(ctx, tx, i, "tenant_id, subject, digest"); err != nil {
			return err
		}
		if !fresh {
			return tx.QueryRow(ctx, "SELECT id FROM imports WHERE tenant_id = $1 AND subject = $2 AND digest = $3", []any{tx.Tenant(), i.Subject, i.Digest}, &key)
		}
		key = i.ID
		if i.State == Running {
			return s.enqueue(ctx, tx, i.ID)
		}
		return nil
	})
	return key, fresh, err
}

func (s *Service) enqueue(ctx context.Context, tx *store.Tx, key id.ID) error {
	return s.Jobs.Enqueue(ctx, tx, job.Task{Kind: Task, Service: s.Slug, Tenant: tx.Tenant(), ID: key}, tx.Now().Time())
}

// suggest looks at the file and takes the remembered mapping of its layout, or
// that of the rules.
func (s *Service) suggest(ctx context.Context, sc store.Scope, i *Import) error {
	p, err := s.look(ctx, i)
	if err != nil {
		return err
	}
	if i.Layout, err = s.db.Vault().Index(ctx, sc.Tenant, "import_mappings.layout", p.Fingerprint); err != nil {
		return err
	}
	m := p.Mapping
	err = s.db.Read(ctx, sc, func(tx *store.Tx) error {
		old, err := store.One[remembered](ctx, tx, "WHERE tenant_id = $1 AND subject = $2 AND layout = $3", tx.Tenant(), i.Subject, i.Layout)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		var was mutation.Mapping
		if json.Unmarshal([]byte(old.Mapping.Reveal()), &was) == nil && was.Check(p.Columns) == nil {
			if m.Last != "" {
				was.Last = m.Last // the file names its account itself
			}
			m = was
		}
		return nil
	})
	i.HeaderLine = p.HeaderLine
	i.setMapping(m)
	return err
}

func (i *Import) setMapping(m mutation.Mapping) {
	b, err := json.Marshal(m)
	if err != nil {
		return // numbers and words: it cannot fail
	}
	i.Mapping = vault.Seal(string(b))
}

// look reads the beginning of an import's file.
func (s *Service) look(ctx context.Context, i *Import) (*mutation.Preview, error) {
	f, err := s.db.OpenFile(ctx, s.scope(i.Tenant), i.Subject, i.File)
	if err != nil {
		return nil, fault.Wrap("importing.look", err)
	}
	defer f.Close()
	p, err := s.Rules.Look(f)
	if fault.Is(err, fault.Invalid) {
		return nil, fault.New(fault.Invalid, "importing.look", "import.file.no_table").On("file")
	}
	return p, err
}

// kindOf tells a table from mails by the file's beginning; of what is neither it
// says what to do instead.
func kindOf(op, name string, head []byte) (string, error) {
	low := strings.ToLower(name)
	refuse := func(key string) (string, error) { return "", fault.New(fault.Invalid, op, key).On("file") }
	switch {
	case len(bytes.TrimSpace(head)) == 0:
		return refuse("import.file.empty")
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return refuse("import.file.spreadsheet")
	case bytes.HasPrefix(head, []byte("%PDF")):
		return refuse("import.file.pdf")
	case strings.HasSuffix(low, ".eml"), strings.HasSuffix(low, ".mbox"), bytes.HasPrefix(head, []byte("From ")), mailHead(head):
		return Mails, nil
	}
	return Table, nil
}

// mailHead tells that a text begins as a mail does.
func mailHead(head []byte) bool {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	name, _, ok := bytes.Cut(line, []byte(":"))
	switch strings.ToLower(string(name)) {
	case "received", "return-path", "delivered-to", "from", "to", "subject", "date", "message-id", "mime-version", "dkim-signature", "x-received", "authentication-results":
		return ok
	}
	return false
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
		return 0, fault.New(fault.TooLarge, "importing.Upload", "import.file.too_large")
	}
	return n, err
}

// uploadFault turns what a cut or too large request gives into a fault that the
// form shows.
func uploadFault(op string, err error) error {
	var f *fault.Error
	if errors.As(err, &f) && f.Code == fault.TooLarge || strings.Contains(err.Error(), "request body too large") {
		return fault.New(fault.Invalid, op, "import.file.too_large").On("file")
	}
	if errors.As(err, &f) && f.Code == fault.Internal {
		return fault.Wrap(op, err)
	}
	return fault.New(fault.Invalid, op, "import.file.cut").On("file").Cause(err)
}
