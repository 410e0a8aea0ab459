package mail

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
)

// Lying is a letter that lies in a folder, as its file's name tells. What a name
// does not tell is zero.
type Lying struct {
	At      time.Time // written, to the millisecond
	Person  id.Subject
	About   id.ID
	Service string
	file    string
}

// name is the file's: the letter's own number, whose time sorts the folder, then
// the person, what the letter is about, and the service.
func (l Letter) name(own id.ID) string {
	parts := []string{own.String()}
	if !l.Person.IsZero() {
		parts = append(parts, l.Person.String())
		if !l.About.IsZero() {
			parts = append(parts, l.About.String())
		}
	}
	if l.Service != "" {
		parts = append(parts, l.Service)
	}
	return strings.Join(parts, ".") + ".eml"
}

// Letters are the letters that lie in the folder, the oldest first. A file that
// the folder did not name is not one.
func (f *Folder) Letters() ([]Lying, error) {
	files, err := filepath.Glob(filepath.Join(f.Dir, "*.eml"))
	var out []Lying
	for _, file := range files {
		if l, ok := lying(strings.TrimSuffix(filepath.Base(file), ".eml")); ok {
			l.file = file
			out = append(out, l)
		}
	}
	return out, fault.Wrap("mail.Folder.Letters", err)
}

func lying(name string) (l Lying, ok bool) {
	for i, part := range strings.Split(name, ".") {
		key, err := id.Parse(part)
		switch {
		case i == 0 && err != nil:
			return l, false
		case i == 0:
			l.At = time.UnixMilli(int64(key[0])<<40 | int64(key[1])<<32 | int64(key[2])<<24 | int64(key[3])<<16 | int64(key[4])<<8 | int64(key[5])).UTC()
		case err != nil:
			l.Service = part
		case l.Person.IsZero():
			l.Person = id.Subject(key)
		default:
			l.About = key
		}
	}
	return l, true
}

// Drop removes a letter. Doing it again is no error.
func (f *Folder) Drop(l Lying) error {
	if err := os.Remove(l.file); !errors.Is(err, fs.ErrNotExist) {
		return fault.Wrap("mail.Folder.Drop", err)
	}
	return nil
}
