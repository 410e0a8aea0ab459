package backup

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
)

// replace writes a file aside, makes it durable and puts it in the place of an
// older one. The older one's bytes are overwritten afterwards, as far as the file
// system lets them be reached.
func replace(path string, write func(*os.File) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	err = write(f)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	old, _ := os.OpenFile(path, os.O_WRONLY, 0)
	if err := os.Rename(f.Name(), path); err != nil {
		if old != nil {
			old.Close()
		}
		return err
	}
	if err := syncDir(filepath.Dir(path)); err != nil {
		return err
	}
	if old == nil {
		return nil
	}
	return wipe(old)
}

func wipe(f *os.File) error {
	info, err := f.Stat()
	if err == nil {
		_, err = io.CopyN(f, zeros{}, info.Size())
	}
	return errors.Join(err, f.Sync(), f.Close())
}

type zeros struct{}

// Read gives zeros.
func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Locks of a folder: of ring and journal for a moment, of what is being made for as
// long as that takes.
const (
	shortLock  = "lock"
	makingLock = "lock.making"
)

// lock keeps other processes, and other goroutines of this one, from changing what
// lies in a folder. The system lets it go when the process ends, however it ends.
func lock(dir, name string) (release func(), err error) {
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil
}
