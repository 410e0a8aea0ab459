package disclosure

import (
	"context"
	"errors"
	"io"

	"amanah/internal/id"
	"amanah/internal/privacy/desk"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/tell"
	"amanah/internal/store"
)

// Slicer writes what a person's rows hold of some categories; rights.Rights is one.
type Slicer interface {
	Slice(ctx context.Context, who id.Subject, categories []string, w io.Writer) (records int64, err error)
}

// Config is what New needs.
type Config struct {
	DB       *store.DB
	Teller   tell.Teller
	Officers tell.Officers
	Guard    *desk.Guard
	Slicer   Slicer
	Notice   func(service string) (*notice.Notice, bool)
	// Find gives the person with an account's address.
	Find func(ctx context.Context, service, email string) (id.Subject, bool, error)
}

// Service keeps the register for all services. It is safe for concurrent use.
type Service struct{ cfg Config }

// New checks that nothing is missing.
func New(c Config) (*Service, error) {
	if c.DB == nil || c.Teller == nil || c.Officers == nil || c.Guard == nil || c.Slicer == nil || c.Notice == nil || c.Find == nil {
		return nil, errors.New("disclosure: New needs a store, tellers, a guard, a slicer, notices and accounts")
	}
	return &Service{c}, nil
}
