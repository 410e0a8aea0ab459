package vaulttest

import (
	"bytes"
	"context"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"

	"amanah/internal/fault"
	"amanah/internal/vault"
)

// Files keeps files in memory.
type Files struct {
	mu sync.Mutex
	m  map[string][]byte
}

var _ vault.Files = (*Files)(nil)

// NewFiles gives an empty place of files.
func NewFiles() *Files { return &Files{m: map[string][]byte{}} }

// Put implements vault.Files.
func (f *Files) Put(ctx context.Context, name string, r io.Reader) error {
	if err := vault.CheckName(name); err != nil {
		return err
	}
	b, err := io.ReadAll(r)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return fault.Wrap("vaulttest.Put", err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.m[name] = b
	return nil
}

// Open implements vault.Files.
func (f *Files) Open(_ context.Context, name string) (io.ReadCloser, error) {
	if err := vault.CheckName(name); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	b, ok := f.m[name]
	if !ok {
		return nil, fault.New(fault.NotFound, "vaulttest.Open", "vault.no_file")
	}
	return io.NopCloser(bytes.NewReader(b)), nil
}

// Delete implements vault.Files.
func (f *Files) Delete(_ context.Context, name string) error {
	if err := vault.CheckName(name); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.m, name)
	return nil
}

// List implements vault.Files.
func (f *Files) List(ctx context.Context, prefix string) iter.Seq2[string, error] {
	f.mu.Lock()
	names := slices.Sorted(maps.Keys(f.m))
	f.mu.Unlock()
	return func(yield func(string, error) bool) {
		for _, n := range names {
			if err := ctx.Err(); err != nil {
				yield("", fault.Wrap("vaulttest.List", err))
				return
			}
			if strings.HasPrefix(n, prefix) && !yield(n, nil) {
				return
			}
		}
	}
}

// Raw gives the sealed bytes, nil if there is no such file.
func (f *Files) Raw(name string) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	return bytes.Clone(f.m[name])
}
