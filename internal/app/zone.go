package app

import (
	"context"
	"sync"
	"time"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// zones remembers the workspaces' time zones for a minute: every mail asks.
type zones struct {
	mu    sync.Mutex
	known map[id.Tenant]*time.Location
	until time.Time
}

// zone is a workspace's time zone; nil where it cannot be told.
func (a *App) zone(ctx context.Context, workspace id.Tenant) *time.Location {
	z, now := &a.zones, a.Clock.Now()
	z.mu.Lock()
	if now.After(z.until) {
		z.known, z.until = map[id.Tenant]*time.Location{}, now.Add(time.Minute)
	}
	found := z.known[workspace]
	z.mu.Unlock()
	if found != nil {
		return found
	}
	err := a.db.Read(ctx, a.scope("ctt", id.Tenant{}), func(tx *store.Tx) error {
		w, err := tenant.Get(ctx, tx, workspace)
		if err == nil {
			found = clock.Zone(w.Zone)
		}
		return err
	})
	if err == nil {
		z.mu.Lock()
		z.known[workspace] = found
		z.mu.Unlock()
	}
	return found
}
