package change

import (
	"encoding/hex"
	"fmt"
	"io/fs"
	"strings"

	"amanah/internal/privacy/notice"
)

// line is one published version of the record.
type line struct {
	service, version, digest string
	number                   int
}

// parseRecord reads the record: three words a line, # begins a remark.
func parseRecord(src string) (lines []line, found []notice.Finding) {
	for i, text := range strings.Split(src, "\n") {
		text, _, _ = strings.Cut(text, "#")
		words := strings.Fields(text)
		if len(words) == 0 {
			continue
		}
		raw, err := hex.DecodeString(words[len(words)-1])
		if len(words) != 3 || err != nil || len(raw) != 32 {
			found = append(found, notice.Finding{File: Record, Line: i + 1, Col: 1, Code: "bad-line", Message: "not a service, a version and a SHA-256", Mend: "write it as amanah notice digest does"})
			continue
		}
		lines = append(lines, line{words[0], words[1], words[2], i + 1})
	}
	return lines, found
}

// recorded holds the texts to the record.
func (s *Shelf) recorded(fsys fs.FS) []notice.Finding {
	src, err := fs.ReadFile(fsys, Record)
	if err != nil {
		return nil // there is none
	}
	lines, found := parseRecord(string(src))
	for _, l := range lines {
		v, ok := s.Find(l.service, l.version)
		switch {
		case !ok:
			found = append(found, notice.Finding{File: Record, Line: l.number, Col: 1, Code: "version-gone", Message: fmt.Sprintf("version %s of %s was published and has no file", l.version, l.service),
				Mend: "put it back as versions/" + l.service + "/" + l.version + ".yaml"})
		case v.Digest != l.digest:
			found = append(found, v.Notice.Finding("text-changed", fmt.Sprintf("version %s was published with another text (%s:%d)", l.version, Record, l.number),
				"give the new text a new version and new dates", "version"))
		}
	}
	return found
}

// Records writes the record of all versions.
func (s *Shelf) Records() string {
	var b strings.Builder
	for _, service := range s.Services() {
		for _, v := range s.all[service] {
			fmt.Fprintf(&b, "%s %s %s\n", service, v.Notice.Version(), v.Digest)
		}
	}
	return b.String()
}
