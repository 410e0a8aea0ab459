package breach

import (
	"context"
	"errors"
	"io"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/privacy/desk"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/receipt"
	"amanah/internal/privacy/rights/rowset"
	"amanah/internal/privacy/tell"
	"amanah/internal/store"
)

// Stopper ends access. Each call opens its own transactions, may run again, and
// says how many things it ended.
type Stopper interface {
	// Sessions ends a person's sessions and the tokens that came with them.
	Sessions(ctx context.Context, service string, who id.Subject) (int, error)
	// Tokens revokes the tokens that a person made.
	Tokens(ctx context.Context, service string, who id.Subject) (int, error)
	// Integrations pauses what sends data out of a workspace.
	Integrations(ctx context.Context, service string, workspace id.Tenant) (int, error)
}

// Config is what New needs. Stop and Log may be nil: then no access is ended from
// here, and evidence is the read log alone.
type Config struct {
	DB       *store.DB
	Jobs     *job.Queue
	Schema   *rowset.Schema
	Calendar *clock.Calendar
	Teller   tell.Teller
	Officers tell.Officers
	Guard    *desk.Guard
	Key      *receipt.Key
	Stop     Stopper
	// Log writes a service's audit log with its signed checkpoint.
	Log func(ctx context.Context, service string, w io.Writer) error
	// Flush makes the read log durable up to now.
	Flush func(ctx context.Context) error
	// Mailed tells whether the letter of a message that was told once has left.
	Mailed func(ctx context.Context, tx *store.Tx, once string) (left int64, err error)
	// Notice gives the notice in force of a service; Packs are the laws.
	Notice func(service string) (*notice.Notice, bool)
	Packs  []*notice.LawPack
	// Home gives the scope of a service's own enclosure.
	Home func(service string) store.Scope
	// Words says a sentence in a language.
	Words func(lang, key string, args ...any) string
}

// Service keeps the incidents of all services. It is safe for concurrent use.
type Service struct {
	cfg     Config
	notices *shown
}

// New checks that nothing is missing and takes its jobs on.
func New(c Config) (*Service, error) {
	if c.DB == nil || c.Jobs == nil || c.Schema == nil || c.Calendar == nil || c.Teller == nil || c.Officers == nil || c.Guard == nil || c.Key == nil || c.Notice == nil || c.Home == nil || c.Words == nil {
		return nil, errors.New("breach: New needs a store, jobs, a schema, a calendar, tellers, a guard, a key, notices, homes and words")
	}
	s := &Service{cfg: c, notices: newShown()}
	c.Jobs.Handle(TellTask, s.TellAll)
	c.Jobs.Handle(StopTask, s.StopAll)
	return s, nil
}

func (s *Service) notice(tx *store.Tx) (*notice.Notice, error) {
	n, ok := s.cfg.Notice(tx.Scope().Service)
	if !ok {
		return nil, errNoNotice
	}
	return n, nil
}

var errNoNotice = errors.New("breach: the service has no notice")
