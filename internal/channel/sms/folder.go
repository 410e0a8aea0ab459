package sms

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"amanah/internal/fault"
	"amanah/internal/id"
)

// Folder writes messages as text files instead of sending them, for the demo and
// for installations without a gateway. The files hold number and text in clear,
// readable by the program's own user only. Forget removes a person's.
type Folder struct {
	Dir string
	IDs id.Maker
}

// Send writes one file. It appears under its name only when it is whole.
func (f *Folder) Send(_ context.Context, m Message) error {
	if err := f.write(m); err != nil {
		return fault.New(fault.Unavailable, "sms.Folder.Send", "sms.unavailable").Cause(err)
	}
	return nil
}

func (f *Folder) write(m Message) error {
	if err := os.MkdirAll(f.Dir, 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(f.Dir, ".sms-*") // readable by its owner only
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.WriteString("To: " + m.Number + "\n\n" + m.Text + "\n")
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	// Ids begin with the time, so the files sort by it.
	return os.Rename(tmp.Name(), filepath.Join(f.Dir, f.IDs.New().String()+"."+m.Person.String()+".sms.txt"))
}

// Forget removes all messages to a person. Doing it again is no error.
func (f *Folder) Forget(person id.Subject) error {
	if person.IsZero() {
		return nil
	}
	files, err := filepath.Glob(filepath.Join(f.Dir, "*."+person.String()+".sms.txt"))
	for _, name := range files {
		if gone := os.Remove(name); gone != nil && !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}
	return fault.Wrap("sms.Folder.Forget", err)
}

// Last is the text of the newest message to a person, "" without one: for the
// demo, where people read in the page what would have come by telephone.
func (f *Folder) Last(person id.Subject) string {
	files, _ := filepath.Glob(filepath.Join(f.Dir, "*."+person.String()+".sms.txt")) // the pattern is ours
	if person.IsZero() || len(files) == 0 {
		return ""
	}
	raw, err := os.ReadFile(slices.Max(files))
	if err != nil {
		return ""
	}
	_, text, _ := strings.Cut(string(raw), "\n\n")
	return strings.TrimSpace(text)
}
