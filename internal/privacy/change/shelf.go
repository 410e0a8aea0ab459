package change

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"time"

	"amanah/internal/privacy/notice"
)

// Version is one published text.
type Version struct {
	Notice *notice.Notice
	Digest string
	Source string // the file
}

// Starts is the moment from which the file says that the version holds.
func (v Version) Starts() time.Time { return notice.Starts(v.Notice.Effective()) }

// Shelf has all versions that the files bring, the oldest of a service first.
type Shelf struct{ all map[string][]Version }

// Record is the file that names the digest of what was published, a line a
// version: service, version, SHA-256. It is optional; what it names is held to it.
const Record = "published.txt"

// Load reads the versions of all services and what is wrong with them together.
// Files that are broken by themselves are LoadNotices' to tell of at the top, and
// told of here below versions/.
func Load(fsys fs.FS, extra ...Source) (*Shelf, []notice.Finding) {
	s := &Shelf{all: map[string][]Version{}}
	var found []notice.Finding
	for _, file := range append(sources(fsys), extra...) {
		name, src := file.Name, file.Text
		n, fs := notice.Parse(name, src)
		if path.Dir(name) != "." {
			found = append(found, fs...)
		}
		if n == nil {
			continue
		}
		if dir := path.Dir(name); dir != "." && dir != "versions/"+n.Service() {
			found = append(found, n.Finding("wrong-folder", "a notice of "+n.Service()+" lies in "+dir, "move it to versions/"+n.Service(), "service"))
			continue
		}
		found = append(found, s.put(Version{n, notice.Digest(n), string(src)})...)
	}
	for _, service := range s.Services() {
		found = append(found, s.order(service)...)
	}
	return s, append(found, s.recorded(fsys)...)
}

// Source is one file with a version.
type Source struct {
	Name string // its path below the folder of notices
	Text []byte
}

func sources(fsys fs.FS) (out []Source) {
	top, _ := fs.Glob(fsys, "*.yaml")
	old, _ := fs.Glob(fsys, "versions/*/*.yaml")
	for _, name := range append(top, old...) {
		if src, err := fs.ReadFile(fsys, name); err == nil { // LoadNotices tells of the others
			out = append(out, Source{name, src})
		}
	}
	return out
}

// put adds a version. The same number may stand in two files only with one text.
func (s *Shelf) put(v Version) []notice.Finding {
	service := v.Notice.Service()
	for _, o := range s.all[service] {
		if o.Notice.Version() == v.Notice.Version() {
			if o.Digest == v.Digest {
				return nil
			}
			return []notice.Finding{v.Notice.Finding("text-changed", fmt.Sprintf("version %s has another text in %s", v.Notice.Version(), o.Notice.File()),
				"give the new text a new version and new dates", "version")}
		}
	}
	s.all[service] = append(s.all[service], v)
	slices.SortFunc(s.all[service], func(a, b Version) int {
		return notice.CompareVersions(a.Notice.Version(), b.Notice.Version())
	})
	return nil
}

// order finds versions whose dates do not follow the one before.
func (s *Shelf) order(service string) (out []notice.Finding) {
	list := s.all[service]
	for i := 1; i < len(list); i++ {
		was, is := list[i-1].Notice, list[i].Notice
		if !is.Published().After(was.Published()) {
			out = append(out, is.Finding("date-not-renewed", fmt.Sprintf("version %s is published %s, not after version %s", is.Version(), day(is.Published()), was.Version()),
				"give it the day on which it is shown first", "published"))
		}
		if !is.Effective().After(was.Effective()) {
			out = append(out, is.Finding("date-not-renewed", fmt.Sprintf("version %s holds from %s, not after version %s", is.Version(), day(is.Effective()), was.Version()),
				"give it a later day", "effective"))
		}
		if least := Least(was, is); is.Effective().Before(least) {
			out = append(out, is.Finding("lead-too-short", fmt.Sprintf("version %s takes effect %s, and version %s promised to tell people %s before", is.Version(), day(is.Effective()), was.Version(), was.Changes().Before.Say("en")),
				"move effective to "+day(least)+" or later", "effective"))
		}
	}
	return out
}

// Least is the first day on which a version may take effect after the one before
// it: the longer of both promises, and at least the day after it was shown.
func Least(was, is *notice.Notice) time.Time {
	least := is.Published().AddDate(0, 0, 1)
	for _, n := range []*notice.Notice{was, is} {
		if t := n.Changes().Before.AddTo(is.Published()); t.After(least) {
			least = t
		}
	}
	return least
}

func day(t time.Time) string { return t.Format(time.DateOnly) }

// Services are those that have a version.
func (s *Shelf) Services() []string {
	var out []string
	for name := range s.all {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// Of are the versions of a service, the oldest first.
func (s *Shelf) Of(service string) []Version { return slices.Clone(s.all[service]) }

// By is the version that holds at a moment by its dates alone, leaving out those
// that are held back; where none has begun, the first.
func (s *Shelf) By(service string, at time.Time, held []string) (Version, bool) {
	list := s.all[service]
	if len(list) == 0 {
		return Version{}, false
	}
	now := list[0]
	for _, v := range list[1:] {
		if !v.Starts().After(at) && !slices.Contains(held, v.Notice.Version()) {
			now = v
		}
	}
	return now, true
}

// Find gives a version by its number.
func (s *Shelf) Find(service, version string) (Version, bool) {
	for _, v := range s.all[service] {
		if v.Notice.Version() == version {
			return v, true
		}
	}
	return Version{}, false
}

// Renewed are the purposes on consent that a version makes new or wider: those
// that are added, whose basis becomes consent, that get further data or another
// recipient.
func Renewed(was, is *notice.Notice) []string {
	var out []string
	for _, p := range is.Purposes() {
		if !p.NeedsConsent() {
			continue
		}
		o, had := was.Purpose(p.Key)
		if !had || !o.NeedsConsent() || wider(was, is, p.Key) {
			out = append(out, p.Key)
		}
	}
	return out
}

func wider(was, is *notice.Notice, purpose string) bool {
	for _, c := range is.Categories() {
		o, had := was.Category(c.Key)
		if slices.Contains(c.For, purpose) && !(had && slices.Contains(o.For, purpose)) {
			return true
		}
	}
	for _, r := range is.Recipients() {
		if !slices.Contains(r.For, purpose) {
			continue
		}
		o, had := was.Recipient(r.Key)
		if !had || !slices.Contains(o.For, purpose) {
			return true
		}
		for _, k := range r.Gets {
			if c, _ := is.Category(k); slices.Contains(c.For, purpose) && !slices.Contains(o.Gets, k) {
				return true
			}
		}
	}
	return false
}
