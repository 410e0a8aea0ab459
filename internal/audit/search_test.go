package audit_test

import (
	"testing"
	"time"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
)

func TestFind(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		l, rina, dewi := newLog(t, b), b.Subject(), b.Subject()
		other := l.Home
		other.Tenant = b.Tenant()
		other.Home = other.Tenant
		for range 3 {
			record(t, b, l.Home, id.Subject{}, rina, "signin.failed")
		}
		record(t, b, l.Home, rina, dewi, "staff.read")
		record(t, b, other, id.Subject{}, rina, "signin.failed") // another service's
		order(t, l)
		b.Manual().Add(48 * time.Hour)
		record(t, b, l.Home, id.Subject{}, dewi, "signin") // still waits for its place
		later := clock.At(b.Clock.Now().Add(-time.Hour))
		for name, c := range map[string]struct {
			s    audit.Search
			want int
			more bool
		}{
			"an act":          {audit.Search{Act: "signin.failed", Who: rina}, 3, false},
			"no such act":     {audit.Search{Act: "signin.f"}, 0, false},
			"quoted nonsense": {audit.Search{Act: "' OR 1=1 --"}, 0, false},
			"somebody":        {audit.Search{Who: dewi}, 2, false},
			"nobody here":     {audit.Search{Who: b.Subject()}, 0, false},
			"before a day":    {audit.Search{Who: rina, To: later, Act: "staff.read"}, 1, false},
			"since a day":     {audit.Search{From: later}, 1, false},
			"a page":          {audit.Search{Who: rina, Limit: 2}, 2, true},
		} {
			err := b.Read(t.Context(), l.Home, func(tx *store.Tx) error {
				got, more, err := audit.Find(t.Context(), tx, c.s)
				if len(got) != c.want || more != c.more {
					t.Errorf("%s: %d entries, more %v; want %d, %v", name, len(got), more, c.want, c.more)
				}
				if err == nil && more {
					c.s.Before = got[len(got)-1].ID
					rest, _, err := audit.Find(t.Context(), tx, c.s)
					if err != nil || len(rest) == 0 || rest[0].ID == got[0].ID || rest[0].ID == got[1].ID {
						t.Errorf("%s: the next page begins with %+v, %v", name, rest, err)
					}
				}
				return err
			})
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
