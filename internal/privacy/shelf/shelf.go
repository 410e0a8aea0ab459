package shelf

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/record"
	"amanah/internal/store"
)

// States of a paper. Only InForce, Own and Invented open anything.
const (
	InForce      = "in force"
	Own          = "own"      // a server of the operator's own: no agreement is needed
	Invented     = "invented" // in the demo, where nobody registered one
	Unregistered = "unregistered"
	Missing      = "missing" // the file is not in the folder, or cannot be read
	Changed      = "changed" // the file is not the one that was registered
	Ended        = "ended"
	Outdated     = "outdated" // the notice flags something else by now
	Withdrawn    = "withdrawn"
	Unfit        = "unfit" // abroad without a basis and an instrument of the law
)

// mostFile bounds what is read of a paper.
const mostFile = 64 << 20

// Config is what the shelf needs.
type Config struct {
	Store *store.DB
	// Folder holds agreements/ and assessments/.
	Folder  string
	Notices []*notice.Notice
	Laws    []*notice.LawPack
	// Home is the scope of a service's home, for its rights.
	Home  func(service string) store.Scope
	Hosts func(setting string) []string // what a recipient's hosts_from names
	Clock clock.Clock
	// Demo lets what nobody registered count as invented.
	Demo bool
}

// Shelf answers from memory; Refresh reads the register and the files.
type Shelf struct {
	c       Config
	notices map[string]*notice.Notice
	guarded map[string][]string // service: purposes that wait for the assessment
	flagged map[string]string   // service: digest
	now     atomic.Pointer[content]
}

// content is what was read at a moment. It is never changed.
type content struct {
	papers map[string]map[Kind]map[string]Paper
	files  map[string]string // document: digest; "" where it cannot be read
}

// New makes a shelf and reads it.
func New(ctx context.Context, c Config) (*Shelf, error) {
	if c.Store == nil || c.Home == nil || c.Hosts == nil || c.Clock == nil {
		return nil, errors.New("shelf: New needs a store, homes, hosts and a clock")
	}
	s := &Shelf{c: c, notices: map[string]*notice.Notice{}, guarded: map[string][]string{}, flagged: map[string]string{}}
	for _, n := range c.Notices {
		s.notices[n.Service()], s.guarded[n.Service()], s.flagged[n.Service()] = n, record.Guarded(n), FlaggedDigest(n)
	}
	return s, s.Refresh(ctx)
}

// Refresh reads the register and the files again. Every node does so every few
// seconds, and at once where something was registered.
func (s *Shelf) Refresh(ctx context.Context) error {
	next := &content{papers: map[string]map[Kind]map[string]Paper{}, files: map[string]string{}}
	for service, n := range s.notices {
		err := s.c.Store.Read(ctx, s.c.Home(service), func(tx *store.Tx) (err error) {
			next.papers[service], err = All(ctx, tx)
			return err
		})
		if err != nil {
			return fault.Wrap("shelf.Refresh", err)
		}
		for _, doc := range documents(n) {
			if _, done := next.files[doc]; !done {
				next.files[doc], _ = s.Digest(doc) // unreadable is missing
			}
		}
	}
	s.now.Store(next)
	return nil
}

func documents(n *notice.Notice) []string {
	var out []string
	for _, r := range n.Recipients() {
		if r.Agreement != nil {
			out = append(out, r.Agreement.Document)
		}
	}
	if a := n.Assessment(); a != nil {
		out = append(out, a.File)
	}
	return out
}

// Digest is the SHA-256 of a paper's file, in hexadecimal. It reads nothing
// outside the folder, whatever the name says. Fault NotFound where there is none.
func (s *Shelf) Digest(document string) (string, error) {
	const op = "shelf.Digest"
	root, err := os.OpenRoot(s.c.Folder)
	if err != nil {
		return "", fault.New(fault.NotFound, op, "shelf.document.missing").On("document")
	}
	defer func() { _ = root.Close() }()
	f, err := root.Open(filepath.FromSlash(document))
	if err != nil {
		return "", fault.New(fault.NotFound, op, "shelf.document.missing").On("document")
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, io.LimitReader(f, mostFile+1))
	if err != nil || n == 0 || n > mostFile {
		return "", fault.New(fault.Invalid, op, "shelf.document.unreadable").On("document")
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Paper is what is registered of a kind and key.
func (s *Shelf) Paper(service string, k Kind, key string) (Paper, bool) {
	p, ok := s.now.Load().papers[service][k][key]
	return p, ok
}

// state tells about any paper whether it stands.
func (s *Shelf) state(service string, k Kind, key, document string) string {
	c := s.now.Load()
	p, ok := c.papers[service][k][key]
	switch {
	case !ok && s.c.Demo:
		return Invented
	case !ok:
		return Unregistered
	case p.Withdrawn:
		return Withdrawn
	case !p.ValidUntil.IsZero() && !s.c.Clock.Now().Before(p.ValidUntil):
		return Ended
	case c.files[document] == "":
		return Missing
	case p.Document != document || c.files[document] != p.Digest:
		return Changed
	}
	return InForce
}

// Agreement tells in what state the agreement with a recipient is. For who is no
// processor it is Own: nothing is needed.
func (s *Shelf) Agreement(service string, r notice.Recipient) string {
	if r.As != "processor" || s.own(r) {
		return Own
	}
	if r.Agreement == nil {
		return Unregistered
	}
	state := s.state(service, Agreement, r.Key, r.Agreement.Document)
	if state == InForce && r.Abroad() {
		p, _ := s.Paper(service, Agreement, r.Key)
		if r.Transfer == nil || !slices.Contains(r.Transfer.Instruments, p.Instrument) || !s.carries(service, r.Transfer.Basis, p.Instrument) {
			return Unfit
		}
	}
	return state
}

// carries tells whether a law of the notice that is in force lets an instrument
// carry a transfer.
func (s *Shelf) carries(service, basis, instrument string) bool {
	n, now := s.notices[service], s.c.Clock.Now()
	return slices.ContainsFunc(s.c.Laws, func(l *notice.LawPack) bool {
		return slices.Contains(n.Laws(), l.Law) && l.InForce(now) && l.Carries(basis, instrument)
	})
}

// own tells whether a recipient is a server of the operator's own: its address,
// which the configuration names, is on this machine or in a private network.
func (s *Shelf) own(r notice.Recipient) bool {
	hosts := []string{}
	if r.HostsFrom != "" {
		hosts = s.c.Hosts(r.HostsFrom)
	}
	for _, place := range hosts {
		host, _, err := net.SplitHostPort(place)
		if err != nil {
			return false
		}
		if a, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !a.IsLoopback() && !a.IsPrivate()) {
			return false
		}
	}
	return len(hosts) > 0
}

// Assessment tells in what state the impact assessment of a service is.
func (s *Shelf) Assessment(service string) string {
	n := s.notices[service]
	if n == nil || n.Assessment() == nil {
		return Unregistered
	}
	state := s.state(service, Assessment, "", n.Assessment().File)
	if p, _ := s.Paper(service, Assessment, ""); state == InForce && p.Flagged != s.flagged[service] {
		return Outdated
	}
	return state
}

func opens(state string) bool { return state == InForce || state == Own || state == Invented }

// MaySend refuses a recipient whose agreement does not stand: fault Forbidden
// that names the line of the notice.
func (s *Shelf) MaySend(service, recipient string) error {
	n := s.notices[service]
	if n == nil {
		return refused(service)
	}
	r, ok := n.Recipient(recipient)
	if !ok {
		return refused(n.File() + ": recipients: " + recipient)
	}
	state := s.Agreement(service, r)
	if opens(state) {
		return nil
	}
	line := n.File() + ": recipients: " + recipient + ": agreement"
	if state == Unfit {
		line = n.File() + ": recipients: " + recipient + ": transfer"
	} else if r.Agreement != nil {
		line += ": " + r.Agreement.Document
	}
	return refused(line + ": " + state)
}

func refused(line string) error {
	return fault.New(fault.Forbidden, "shelf.MaySend", "egress.refused_by_notice").With("line", line)
}

// Admit refuses a purpose that waits for an impact assessment: fault Forbidden
// shelf.not_assessed. It takes no lock and allocates nothing where it lets in.
func (s *Shelf) Admit(service, purpose string) error {
	if !slices.Contains(s.guarded[service], purpose) || opens(s.Assessment(service)) {
		return nil
	}
	return fault.New(fault.Forbidden, "shelf.Admit", "shelf.not_assessed").With("purpose", purpose).With("state", s.Assessment(service))
}

// Every keeps the shelf fresh until the context ends; failed is told of an error.
func (s *Shelf) Every(ctx context.Context, pause time.Duration, failed func(error)) {
	t := time.NewTicker(pause)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			if err := s.Refresh(ctx); err != nil && ctx.Err() == nil {
				failed(err)
			}
		}
	}
}
