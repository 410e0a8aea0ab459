package analytics

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/desk"
	"amanah/internal/privacy/gate"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/tell"
	"amanah/internal/store"
	"amanah/internal/web"
)

const (
	// Purpose is the notice's purpose of counting.
	Purpose = "improve"
	// Category is what the figures are in the notice.
	Category = "analytics.aggregate"
	// Most is how many people a day a node tells apart in a service; who comes
	// later is not counted.
	Most = 250_000
	// least is the smallest group where a notice names none.
	least = 10
	// grain is what figures are rounded down to.
	grain = 5
)

// zone is where a day begins: West Indonesia has no summer time.
var zone = time.FixedZone("WIB", 7*3600)

func dayOf(t time.Time) string { return t.In(zone).Format(time.DateOnly) }

// Feature is a part of the services that is counted: its name and the patterns of
// its pages without the service, such as "GET /app/reports".
type Feature struct {
	Name     string
	Patterns []string
	Only     []string // the services that have it; none named: all
}

// Gate tells whether a person's data may be used; gate.Gate is one.
type Gate interface {
	Allow(service string, who id.Subject, purpose, category string) gate.Verdict
}

// Config is what New is handed.
type Config struct {
	DB   *store.DB
	Gate Gate
	// Home is the program's own scope in a service's home.
	Home     func(service string) store.Scope
	Notice   func(service string) (*notice.Notice, bool)
	Services []string
	Features []Feature // 64 at most
	Teller   tell.Teller
	Guard    *desk.Guard
}

// Service counts.
type Service struct {
	c    Config
	part string // names this run of the program

	flushing sync.Mutex

	mu   sync.Mutex
	days map[string]*day                // by service; the day that runs
	past []*day                         // ended, their last figures not yet written
	asks map[string]map[id.Subject]bool // by service: whose browsers objected, not yet written
	bits map[string]uint64              // by pattern with its service
}

// day is what one node holds of a service's day, in memory alone.
type day struct {
	service, name string
	people        map[id.Subject]uint64
	settled       map[id.Subject]bool // their signal was looked after today
	answers       int64               // to browsers that object
	wrote         map[string]int64    // what stands in the tables
}

// New makes one.
func New(c Config) (*Service, error) {
	if c.DB == nil || c.Gate == nil || c.Home == nil || c.Notice == nil || c.Teller == nil || len(c.Features) == 0 || len(c.Features) > 64 {
		return nil, errors.New("analytics: New lacks a part")
	}
	s := &Service{c: c, part: id.NewMaker(c.DB.Clock().Now).New().String(), days: map[string]*day{}, asks: map[string]map[id.Subject]bool{}, bits: map[string]uint64{}}
	for _, slug := range c.Services {
		for i, f := range c.Features {
			if len(f.Only) > 0 && !slices.Contains(f.Only, slug) {
				continue
			}
			for _, p := range f.Patterns {
				s.bits[web.Under(slug, p)] |= 1 << i
			}
		}
	}
	return s, nil
}

// Handler counts the pages that next answers, after the answer.
func (s *Service) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		if r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html") {
			s.seen(r)
		}
	})
}

func (s *Service) seen(r *http.Request) {
	slug, objects := web.ServiceOf(r.Context()).Slug, web.Objects(r)
	who, ok := identity.FromContext(r.Context())
	if !ok || who.Service != slug || who.Staff {
		who.Subject = id.Subject{}
	}
	s.Seen(slug, who.Subject, r.Pattern, objects)
}

// Seen counts one page of a service: its route's pattern, who opened it (zero for
// a visitor, who is not counted), and whether the browser asks not to be tracked.
func (s *Service) Seen(service string, who id.Subject, pattern string, objects bool) {
	bit := s.bits[pattern]
	if service == "" || !objects && (bit == 0 || who.IsZero()) {
		return
	}
	allowed := !who.IsZero() && s.c.Gate.Allow(service, who, Purpose, Category).OK
	now := dayOf(s.c.DB.Clock().Now())
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.today(service, now)
	switch {
	case objects:
		d.answers++
		delete(d.people, who)
		if allowed && !d.settled[who] && len(d.settled) < Most {
			d.settled[who] = true
			if s.asks[service] == nil {
				s.asks[service] = map[id.Subject]bool{}
			}
			s.asks[service][who] = true
		}
	case allowed:
		if _, known := d.people[who]; known || len(d.people) < Most {
			d.people[who] |= bit
		}
	}
}

// today is the day that runs; one that ended is put aside.
func (s *Service) today(service, name string) *day {
	d := s.days[service]
	if d == nil || d.name != name {
		if d != nil {
			s.past = append(s.past, d)
		}
		d = &day{service: service, name: name, people: map[id.Subject]uint64{}, settled: map[id.Subject]bool{}, wrote: map[string]int64{}}
		s.days[service] = d
	}
	return d
}

// Forget takes a person out of what this node counted today.
func (s *Service) Forget(service string, who id.Subject) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.asks[service], who)
	for _, d := range append(s.past, s.days[service]) {
		if d != nil && d.service == service {
			delete(d.people, who)
			delete(d.settled, who)
		}
	}
}

// Least is the smallest group that a service's notice lets be shown.
func (s *Service) Least(service string) int64 {
	if n, ok := s.c.Notice(service); ok {
		if p, ok := n.Purpose(Purpose); ok && p.AggregatesOfAtLeast > 0 {
			return int64(p.AggregatesOfAtLeast)
		}
	}
	return least
}
