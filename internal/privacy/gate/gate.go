package gate

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/notice"
	"amanah/internal/store"
)

const (
	// channel is where nodes tell each other.
	channel = "amanah_gate"
	// beat is how often a node proves that it still hears.
	beat = 25 * time.Millisecond
	// lease is how old that proof may be when something new begins. It bounds how
	// late a stop can work on a node that was cut off.
	lease = 80 * time.Millisecond
	// patience is how long a transaction waits for the proof before it is refused.
	patience = 2 * time.Second
)

// Choice is what a person said about a purpose: given or taken back.
type Choice struct {
	Subject id.Subject
	Purpose string
	Given   bool
}

// Choices reads consents in a home: of one person, or of all for the zero subject.
type Choices func(ctx context.Context, tx *store.Tx, who id.Subject, each func(Choice)) error

// Config is what a gate needs.
type Config struct {
	Policy *notice.Policy
	// Home is the scope of a service's home.
	Home    func(service string) store.Scope
	Choices Choices
	// Admit refuses a purpose of a service for everybody, such as one that waits for
	// its impact assessment. May be nil.
	Admit func(service, purpose string) error
	// Opened is told when something opened again for a person, on each node, so
	// that what waited goes on. May be nil.
	Opened func(service string, who id.Subject)
}

// Pair is a category that is used for a purpose which no notice names for it yet.
type Pair struct{ Purpose, Category, Because string }

// Exceptions are all such pairs of the program, for review: each is a debt, and
// TestExceptions counts them. What is not named here is refused.
var exceptions = [...]Pair{
	{"security", "account.name", "letters about the account's safety, and whose session it is, say the name"},
	{"security", "account.company", "it stands in the row of the account that a sign-in reads"},
	{"capture", "target.address", "the pages of the targets, and which target a booked transaction goes to"},
	{"capture", "target.secret", "it stands in the row of the target that those read"},
	{"support", "target.secret", "it stands in the row of the target that staff look at with leave; no page shows it"},
	{"deliver", "transaction.holder", "it stands in the row of the bank account whose last digits are delivered"},
}

// Exceptions lists the pairs.
func Exceptions() []Pair { return exceptions[:] }

// Gate answers. It is safe for concurrent use; until Start has read what people
// chose it is closed but for Rights and Security.
type Gate struct {
	cfg     Config
	rules   map[string]*rules
	people  map[string]*people
	loaded  atomic.Bool
	heard   atomic.Int64 // of begun, when it was last proven that this node hears
	begun   time.Time
	alone   bool // one process has the data: nothing to hear
	mu      sync.Mutex
	waiting chan struct{} // closed at the next proof
}

// people are what is known of a service's people; most are absent.
type people struct {
	mu    sync.RWMutex
	known map[id.Subject]person
}

// New compiles the notices. The gate is handed to store.Open before Start.
func New(cfg Config) (*Gate, error) {
	r, err := compile(cfg.Policy)
	if err != nil {
		return nil, err
	}
	g := &Gate{cfg: cfg, rules: r, people: map[string]*people{}, begun: clock.System{}.Now(), waiting: make(chan struct{})}
	for name := range r {
		g.people[name] = &people{known: map[id.Subject]person{}}
	}
	return g, nil
}

// Verdict is an answer.
type Verdict struct {
	OK bool
	// Why it is not: undeclared, category, consent, withdrawn, objected,
	// restricted, closing, unknown. "" where it is.
	Why string
}

// Further reasons of a Verdict.
const (
	Undeclared = "undeclared" // the notice does not name the purpose
	NotFor     = "category"   // the notice does not name the category for the purpose
	NoConsent  = "consent"    // nobody consented yet
	Unknown    = "unknown"    // this node cannot know now
)

// Err is the fault of a closed gate: Forbidden with the key gate.closed.WHY, or
// Unavailable where the node cannot know. nil if it is open.
func (v Verdict) Err(op string) error {
	switch {
	case v.OK:
		return nil
	case v.Why == Unknown:
		return fault.New(fault.Unavailable, op, "gate.closed.unknown")
	}
	return store.ClosedBy(op, v.Why)
}

// Allow answers for a service's purpose, a person (zero: nobody in particular)
// and a category ("": none in particular).
func (g *Gate) Allow(service string, who id.Subject, purpose, category string) Verdict {
	r := g.rules[service]
	if r == nil {
		return Verdict{Why: Undeclared}
	}
	place, ok := r.purposes[purpose]
	if !ok {
		return Verdict{Why: Undeclared}
	}
	// Rights reads everything of the person, also what the notice forgot to name.
	if category != "" && !r.last.has(place) && !r.uses[category].has(place) {
		return Verdict{Why: NotFor}
	}
	if who.IsZero() || r.last.has(place) {
		return Verdict{OK: true}
	}
	return g.person(service, r, who, place)
}

func (g *Gate) person(service string, r *rules, who id.Subject, place uint8) Verdict {
	if !g.loaded.Load() || !g.alone && g.deaf() > patience {
		if r.open.has(place) {
			return Verdict{OK: true}
		}
		return Verdict{Why: Unknown}
	}
	p := g.of(service, r, who)
	if !p.closed.has(place) {
		return Verdict{OK: true}
	}
	return Verdict{Why: p.why(r, place)}
}

func (g *Gate) of(service string, r *rules, who id.Subject) person {
	m := g.people[service]
	m.mu.RLock()
	p, ok := m.known[who]
	m.mu.RUnlock()
	if !ok {
		return r.stranger()
	}
	return p
}

func (p person) why(r *rules, place uint8) string {
	switch {
	case p.all == Closing, p.all != "" && !r.open.has(place):
		return p.all
	case p.objected.has(place):
		return Objected
	case p.withdrawn.has(place):
		return Withdrawn
	}
	return NoConsent
}

// State is why all of a person's data are closed: Restricted, Closing, or "".
// Pages show it as a flag.
func (g *Gate) State(service string, who id.Subject) string {
	r := g.rules[service]
	if r == nil {
		return ""
	}
	return g.of(service, r, who).all
}

// deaf is how long ago it was last proven that this node hears.
func (g *Gate) deaf() time.Duration {
	return clock.System{}.Now().Sub(g.begun) - time.Duration(g.heard.Load())
}
