package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"strings"
	"sync"
	"sync/atomic"

	"amanah/internal/fault"
)

// incoming is where files are written before they get their name.
const incoming = ".incoming"

// Folder keeps files in a folder of one machine. One process owns it: at start
// it removes what a crash left half written.
type Folder struct {
	root *os.Root
	seq  atomic.Uint64
	// mu keeps Delete from removing an empty folder that Put is about to use.
	mu sync.Mutex
}

var _ Files = (*Folder)(nil)

// NewFolder opens the folder and makes it, with mode 0700, if it is not there.
// The caller closes it.
func NewFolder(dir string) (*Folder, error) {
	const op = "vault.NewFolder"
	if err := makeFolder(dir); err != nil {
		return nil, fault.Wrap(op, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	err = errors.Join(root.RemoveAll(incoming), root.Mkdir(incoming, 0o700))
	if err != nil {
		return nil, fault.Wrap(op, errors.Join(err, root.Close()))
	}
	return &Folder{root: root}, nil
}

// Close gives the folder back to the system.
func (d *Folder) Close() error { return d.root.Close() }

// Put writes aside, syncs, renames and syncs the folder.
func (d *Folder) Put(ctx context.Context, name string, r io.Reader) error {
	const op = "vault.Folder.Put"
	if err := CheckName(name); err != nil {
		return err
	}
	tmp := fmt.Sprintf("%s/%d", incoming, d.seq.Add(1))
	if err := d.write(ctx, tmp, r); err != nil {
		return fault.Wrap(op, errors.Join(err, d.root.Remove(tmp)))
	}
	if err := d.place(tmp, name); err != nil {
		return fault.Wrap(op, errors.Join(err, d.root.Remove(tmp)))
	}
	return nil
}

func (d *Folder) write(ctx context.Context, tmp string, r io.Reader) error {
	f, err := d.root.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if _, err = io.Copy(f, ctxReader{ctx, r}); err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

func (d *Folder) place(tmp, name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, c := range name {
		if c != '/' {
			continue
		}
		err := d.root.Mkdir(name[:i], 0o700)
		if err == nil {
			err = d.sync(path.Dir(name[:i]))
		}
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	if err := d.root.Rename(tmp, name); err != nil {
		return err
	}
	return d.sync(path.Dir(name))
}

func (d *Folder) sync(dir string) error {
	f, err := d.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Open gives the content.
func (d *Folder) Open(_ context.Context, name string) (io.ReadCloser, error) {
	const op = "vault.Folder.Open"
	if err := CheckName(name); err != nil {
		return nil, err
	}
	f, err := d.root.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.NotFound, op, "vault.no_file")
	}
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	return f, nil
}

// Delete overwrites the file once, as far as the file system lets the old
// blocks be reached, and removes it with the folders it leaves empty.
func (d *Folder) Delete(_ context.Context, name string) error {
	const op = "vault.Folder.Delete"
	if err := CheckName(name); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	err := d.overwrite(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	// A file that cannot be overwritten is removed all the same.
	if err := d.root.Remove(name); err != nil {
		return fault.Wrap(op, err)
	}
	dir := path.Dir(name)
	for dir != "." && d.root.Remove(dir) == nil {
		dir = path.Dir(dir)
	}
	return fault.Wrap(op, d.sync(dir))
}

func (d *Folder) overwrite(name string) error {
	f, err := d.root.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil {
		_, err = io.CopyN(f, zeros{}, info.Size())
	}
	return errors.Join(err, f.Sync(), f.Close())
}

// List walks the folder that the prefix names.
func (d *Folder) List(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		start := "."
		if i := strings.LastIndexByte(prefix, '/'); i > 0 {
			start = prefix[:i]
		}
		if !fs.ValidPath(start) {
			yield("", errName())
			return
		}
		stop := errors.New("enough")
		err := fs.WalkDir(d.root.FS(), start, func(p string, e fs.DirEntry, err error) error {
			switch {
			case err == nil:
				err = ctx.Err()
			case errors.Is(err, fs.ErrNotExist):
				return nil // removed meanwhile, or nothing has this prefix
			}
			if err != nil {
				return err
			}
			if e.IsDir() && e.Name() == incoming {
				return fs.SkipDir
			}
			if !e.IsDir() && strings.HasPrefix(p, prefix) && !yield(p, nil) {
				return stop
			}
			return nil
		})
		if err != nil && !errors.Is(err, stop) {
			yield("", fault.Wrap("vault.Folder.List", err))
		}
	}
}

// CheckName refuses a name that is not made of ids: parts of lower-case hex
// digits and hyphens, joined by single slashes. Every Files uses it.
func CheckName(name string) error {
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || strings.Trim(part, "0123456789abcdef-") != "" {
			return errName()
		}
	}
	return nil
}

func errName() error { return fault.New(fault.Internal, "vault.CheckName", "vault.file_name") }

// ctxReader ends a long copy with its context.
type ctxReader struct {
	ctx context.Context
	r   io.Reader
}

func (c ctxReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
