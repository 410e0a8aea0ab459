package complaint

import (
	"context"
	"errors"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/privacy/desk"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/receipt"
	"amanah/internal/privacy/tell"
	"amanah/internal/store"
	"amanah/internal/web"
)

// Post sends a letter to an address that belongs to no account.
type Post interface {
	SendTo(ctx context.Context, home store.Scope, who id.Subject, to, lang, subject, text string) error
}

// Requests opens a request of a right for a person: how a remedy that concerns
// data is carried out. It answers with the request's number.
type Requests interface {
	OpenFor(ctx context.Context, tx *store.Tx, who id.Subject, right, why string) (number string, err error)
}

// Config is what New needs. Requests may be nil: then officers carry remedies of
// data out by hand and say so.
type Config struct {
	DB       *store.DB
	Jobs     *job.Queue
	Calendar *clock.Calendar
	Teller   tell.Teller
	Officers tell.Officers
	Guard    *desk.Guard
	Post     Post
	Requests Requests
	Key      *receipt.Key
	// Notice gives the notice in force of a service.
	Notice func(service string) (*notice.Notice, bool)
	// Home gives the scope of a service's own enclosure, for who is signed out.
	Home func(service string) store.Scope
	// Words says a sentence in a language: for letters, which leave without a page.
	Words func(lang, key string, args ...any) string
}

// Service takes complaints for all services. It is safe for concurrent use.
type Service struct {
	cfg   Config
	open  *web.Limiter // the open form, by address
	tries *web.Limiter // looking numbers up, by address
}

// New checks that nothing is missing and takes the job of letters on.
func New(c Config) (*Service, error) {
	if c.DB == nil || c.Jobs == nil || c.Calendar == nil || c.Teller == nil || c.Officers == nil || c.Guard == nil || c.Post == nil || c.Key == nil || c.Notice == nil || c.Home == nil || c.Words == nil {
		return nil, errors.New("complaint: New needs a store, jobs, a calendar, tellers, a guard, post, a key, notices, homes and words")
	}
	clk := c.DB.Clock()
	s := &Service{cfg: c, open: web.NewLimiter(clk, web.Rate{PerSecond: 1.0 / 300, Burst: 5}), tries: web.NewLimiter(clk, web.Rate{PerSecond: 1.0 / 30, Burst: 10})}
	c.Jobs.Handle(LetterTask, s.sendLetter)
	return s, nil
}
