package vault

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"iter"

	"amanah/internal/fault"
	"amanah/internal/id"
)

// Files is where sealed files lie: a folder (NewFolder) or an S3 bucket (package
// vault/s3). It sees ciphertext and ids only. vaulttest.TestFiles is its
// specification.
//
// A name is tenant/person/file, each the text of an id.
type Files interface {
	// Put keeps everything that r gives under the name, replacing what was there.
	// It is whole or not at all: if r fails, that error is returned and what was
	// there before is still there. It is durable when Put returns.
	Put(ctx context.Context, name string, r io.Reader) error
	// Open gives the content; fault NotFound if there is none.
	Open(ctx context.Context, name string) (io.ReadCloser, error)
	// Delete removes the file. That there is none is no error.
	Delete(ctx context.Context, name string) error
	// List gives the names that begin with the prefix, in the order of their
	// bytes. It ends after the first error.
	List(ctx context.Context, prefix string) iter.Seq2[string, error]
}

// FileID names one sealed file. The zero FileID means "none".
type FileID id.ID

// ParseFileID reads a file's id.
func ParseFileID(s string) (FileID, error) { u, err := id.Parse(s); return FileID(u), err }

// IsZero tells whether there is none.
func (f FileID) IsZero() bool { return f == FileID{} }

// String is the canonical text.
func (f FileID) String() string { return id.ID(f).String() }

// Value stores the id as text, the zero id as NULL.
func (f FileID) Value() (driver.Value, error) { return id.ID(f).Value() }

// Scan reads what Value stored.
func (f *FileID) Scan(src any) error { return (*id.ID)(f).Scan(src) }

// MarshalText gives the canonical text; the zero id is empty.
func (f FileID) MarshalText() ([]byte, error) { return id.ID(f).MarshalText() }

// UnmarshalText reads the canonical text; empty is the zero id.
func (f *FileID) UnmarshalText(b []byte) error { return (*id.ID)(f).UnmarshalText(b) }

// PutFile seals everything that r gives under a person's key (the tenant's own
// for the zero subject) and keeps it. It tells the length of the plain content.
// Memory does not grow with the file. A fault from r is handed through.
func (v *Vault) PutFile(ctx context.Context, home id.Tenant, s id.Subject, f FileID, r io.Reader) (int64, error) {
	const op = "vault.PutFile"
	if err := v.checkFile(op, f); err != nil {
		return 0, err
	}
	k, err := v.data(ctx, home, s, true)
	if err != nil {
		return 0, fault.Wrap(op, err)
	}
	sr, err := newSealReader(k, f, r)
	if err != nil {
		return 0, fault.Wrap(op, err)
	}
	if err := v.files.Put(ctx, fileName(home, s, f), sr); err != nil {
		return 0, fault.Wrap(op, err)
	}
	if !errors.Is(sr.err, io.EOF) {
		return 0, fault.New(fault.Internal, op, "vault.file_cut").Cause(sr.err)
	}
	return sr.size, nil
}

// OpenFile gives the plain content of a file. Faults are those of OpenValue, and
// NotFound if there is no such file; a change in the first 64 KiB is found here,
// a later one by a Read that returns KeyTampered. What was read before a Read
// failed is authentic but not whole. The caller closes it.
func (v *Vault) OpenFile(ctx context.Context, home id.Tenant, s id.Subject, f FileID) (io.ReadCloser, error) {
	const op = "vault.OpenFile"
	if err := v.checkFile(op, f); err != nil {
		return nil, err
	}
	k, err := v.data(ctx, home, s, false)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	src, err := v.files.Open(ctx, fileName(home, s, f))
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	o, err := newOpenReader(k, f, src)
	if err != nil {
		_ = src.Close()
		return nil, fault.Wrap(op, err)
	}
	return o, nil
}

// DeleteFile removes one file. That there is none is no error.
func (v *Vault) DeleteFile(ctx context.Context, home id.Tenant, s id.Subject, f FileID) error {
	const op = "vault.DeleteFile"
	if err := v.checkFile(op, f); err != nil {
		return err
	}
	return fault.Wrap(op, v.files.Delete(ctx, fileName(home, s, f)))
}

// DeleteFiles removes every file of a person, of the tenant itself for the zero
// subject. It tells how many; after a fault it may be called again.
func (v *Vault) DeleteFiles(ctx context.Context, home id.Tenant, s id.Subject) (int, error) {
	const op = "vault.DeleteFiles"
	if v.files == nil || home.IsZero() {
		return 0, fault.New(fault.Internal, op, "vault.no_files")
	}
	n := 0
	for name, err := range v.files.List(ctx, home.String()+"/"+s.String()+"/") {
		if err == nil {
			err = v.files.Delete(ctx, name)
		}
		if err != nil {
			return n, fault.Wrap(op, err)
		}
		n++
	}
	return n, nil
}

func (v *Vault) checkFile(op string, f FileID) error {
	if v.files == nil {
		return fault.New(fault.Internal, op, "vault.no_files")
	}
	if f.IsZero() {
		return fault.New(fault.NotFound, op, "vault.no_file")
	}
	return nil
}

func fileName(home id.Tenant, s id.Subject, f FileID) string {
	return home.String() + "/" + s.String() + "/" + f.String()
}
