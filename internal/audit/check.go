package audit

import (
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Break is where a log is not whole. It is an error.
type Break struct {
	// Line of the file, from 1; 0 in the installation.
	Line int
	// First and Last are the entries among which the break lies; 0 if it is none.
	First, Last int64
	Why         string
}

// Error says where and why.
func (b *Break) Error() string {
	s := b.Why
	switch {
	case b.First > 0 && b.First == b.Last:
		s = fmt.Sprintf("entry %d: %s", b.First, s)
	case b.First > 0:
		s = fmt.Sprintf("entries %d to %d: %s", b.First, b.Last, s)
	}
	if b.Line > 0 {
		s = fmt.Sprintf("line %d: %s", b.Line, s)
	}
	return s
}

// Summary is what a verification found.
type Summary struct {
	Origin      string    `json:"origin"`
	Size        int64     `json:"size"`        // entries that the log has had
	Entries     int64     `json:"entries"`     // of these still there
	Removed     int64     `json:"removed"`     // of these gone when their time was over
	Checkpoints int       `json:"checkpoints"` // whose signature and root were right
	Covered     int64     `json:"covered"`     // entries that the last checkpoint covers
	At          time.Time `json:"at"`          // of the last checkpoint
}

// checker takes a log in order and finds what does not fit.
type checker struct {
	Summary
	verifier note.Verifier
	hasher   hasher
	line     int
	gaps     []gap
	// first is the first entry that is absent since the last checkpoint; 0 for none.
	first     int64
	firstLine int
}

// gap says that entries are absent which a checkpoint of a time covers.
type gap struct {
	line        int
	first, last int64
	covered     time.Time
}

func (c *checker) broken(first, last int64, why string) error {
	return &Break{Line: c.line, First: first, Last: last, Why: why}
}

// entry takes the next entry, by the hash of its leaf.
func (c *checker) entry(h tlog.Hash) {
	c.hasher.add(h)
	c.Size, c.Entries = c.Size+1, c.Entries+1
}

// absent takes the next entry of which only the hash is left.
func (c *checker) absent(h tlog.Hash) {
	c.gone(1)
	c.hasher.add(h)
}

// absentBlock takes a whole block of which only the root is left.
func (c *checker) absentBlock(root tlog.Hash) error {
	if c.Size%blockSize != 0 {
		return c.broken(c.Size+1, c.Size+1, "a block does not begin here")
	}
	c.gone(blockSize)
	c.hasher.addBlock(root)
	return nil
}

func (c *checker) gone(n int64) {
	if c.first == 0 {
		c.first, c.firstLine = c.Size+1, c.line
	}
	c.Size, c.Removed = c.Size+n, c.Removed+n
}

// checkpoint takes a signed note that stands behind the entries it covers.
func (c *checker) checkpoint(text string) error {
	s, err := open(text, c.verifier)
	if err != nil {
		return c.broken(0, 0, "the checkpoint's signature is not that of the key")
	}
	at, err := s.moment("time")
	if err != nil || at.IsZero() {
		return c.broken(0, 0, "the checkpoint has no time")
	}
	switch {
	case s.origin != c.Origin:
		return c.broken(0, 0, "the checkpoint is that of another log")
	case s.size != c.Size || s.size <= c.Covered:
		return c.broken(0, 0, fmt.Sprintf("the checkpoint covers %d entries and stands behind %d", s.size, c.Size))
	case s.root != c.hasher.root():
		return c.broken(c.Covered+1, s.size, "they are not those that the checkpoint covers")
	case at.Before(c.At):
		return c.broken(0, 0, "the checkpoint is older than the one before")
	}
	if c.first > 0 {
		c.gaps = append(c.gaps, gap{c.firstLine, c.first, s.size, at})
		c.first = 0
	}
	c.Checkpoints, c.Covered, c.At = c.Checkpoints+1, s.size, at
	return nil
}

// end judges what is absent: allowed is the time of the newest checkpoint whose
// entries may be gone, zero for none.
func (c *checker) end(allowed time.Time) error {
	if c.first > 0 {
		return &Break{Line: c.firstLine, First: c.first, Last: c.Size, Why: "entries are missing that no checkpoint covers"}
	}
	for _, g := range c.gaps {
		if g.covered.After(allowed) {
			return &Break{Line: g.line, First: g.first, Last: g.last, Why: "entries are missing whose time is not over"}
		}
	}
	return nil
}
