package vault

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"amanah/internal/fault"
)

// FileMaster reads the master key from a file of 32 bytes and makes it at the
// first start: mode 0600, in a folder that is made with mode 0700, on disk
// before this returns. It refuses, with the command that mends it, a file that
// the group or others can read and a folder in which everybody can write.
//
// Whoever loses this file loses everything sealed: it is to be backed up apart
// from the data.
func FileMaster(path string, random io.Reader) (Master, error) {
	if random == nil {
		random = rand.Reader
	}
	dir := filepath.Dir(path)
	if err := makeFolder(dir); err != nil {
		return nil, fault.Wrap("vault.FileMaster", err)
	}
	if info, err := os.Stat(dir); err != nil {
		return nil, fault.Wrap("vault.FileMaster", err)
	} else if info.Mode().Perm()&0o002 != 0 && info.Mode()&fs.ModeSticky == 0 {
		return nil, errMode("vault.master_folder_open", dir, info.Mode(), "chmod 700 "+dir)
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if err := makeMasterFile(path, random); err != nil {
			return nil, fault.Wrap("vault.FileMaster", err)
		}
	}
	key, err := readMasterFile(path)
	defer clear(key)
	if err != nil {
		return nil, err
	}
	return newLocalMaster("file", key, random)
}

func readMasterFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.Wrap("vault.FileMaster", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fault.Wrap("vault.FileMaster", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, errMode("vault.master_open_to_others", path, info.Mode(), "chmod 600 "+path)
	}
	key := make([]byte, keySize+1)
	n, err := io.ReadFull(f, key)
	if n != keySize || !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fault.New(fault.Invalid, "vault.FileMaster", "vault.master_size").
			With("file", path).With("want", keySize).
			Cause(errMend(fmt.Sprintf("%s is not a master key of %d bytes", path, keySize), "put the right file back; remove it only if there is no data yet"))
	}
	return key[:keySize], nil
}

// makeMasterFile writes the whole key aside and then links it into place, so
// that nobody ever reads half a key and of two first starts one wins.
func makeMasterFile(path string, random io.Reader) error {
	key := make([]byte, keySize)
	defer clear(key)
	if _, err := io.ReadFull(random, key); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".master-*") // O_EXCL and mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(key)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// makeFolder makes a folder and those above it, each on disk before this
// returns: else a crash could lose a key with its folder after the key was used.
func makeFolder(dir string) error {
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	up := filepath.Dir(dir)
	if err := makeFolder(up); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(up)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func errMode(key, path string, mode fs.FileMode, mend string) error {
	return fault.New(fault.Invalid, "vault.FileMaster", key).
		With("path", path).With("mode", fmt.Sprintf("%04o", mode.Perm())).With("mend", mend).
		Cause(errMend(fmt.Sprintf("%s has mode %04o", path, mode.Perm()), mend))
}

// errMend is a cause that tells the operator what to do.
func errMend(what, mend string) error { return fmt.Errorf("%s; %s", what, mend) }
