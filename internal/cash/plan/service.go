package plan

import (
	"context"
	"log/slog"
	"time"

	"amanah/internal/cash"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/notify"
	"amanah/internal/store"
)

// Teller tells a person, once for each Once; *notify.Service does.
type Teller interface {
	Tell(ctx context.Context, tx *store.Tx, m notify.Message) error
}

// Options are what a Service needs.
type Options struct {
	Store *store.DB
	Slug  string
	Home  id.Tenant
	// Cash gives the product, which is made after this: it asks the forecast.
	Cash func() *cash.Service
	// Teller tells people of dates that wait; nil tells nobody.
	Teller Teller
	// Names are the names of a family's members; nil: there are none.
	Names func(ctx context.Context, s store.Scope) (map[id.Subject]string, error)
	Log   *slog.Logger
}

// Service plans. It is safe for concurrent use.
type Service struct {
	Options
	db *store.DB
}

// New makes the service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{Options: o, db: o.Store}
}

// today is the day where the family is.
func today(tx *store.Tx, v cash.View) string { return dayIn(tx.Now().Time(), v.Zone) }

func dayIn(at time.Time, zone *time.Location) string { return at.In(zone).Format(time.DateOnly) }

func forbidden(op string) error { return fault.New(fault.Forbidden, op, "cash.forbidden") }

func invalid(op, key, field string) error { return fault.New(fault.Invalid, op, key).On(field) }
