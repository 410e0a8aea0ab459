package inbox

import (
	"sync"
	"time"

	"amanah/internal/id"
)

// place is a conversation of a tenant of a service.
type place struct {
	service      string
	tenant       id.Tenant
	conversation id.ID
}

// ready remembers which conversations have something to do, and from when on.
// It is a hint in memory: the database is asked again at start and now and then.
type ready struct {
	mu   sync.Mutex
	when map[place]time.Time
	busy map[place]bool
	wake chan struct{}
}

func newReady() *ready {
	return &ready{when: map[place]time.Time{}, busy: map[place]bool{}, wake: make(chan struct{}, 1)}
}

// add says that a conversation has something to do at a time; the earlier wins.
func (r *ready) add(p place, at time.Time) {
	r.mu.Lock()
	if was, ok := r.when[p]; !ok || at.Before(was) {
		r.when[p] = at
	}
	r.mu.Unlock()
	r.poke()
}

func (r *ready) poke() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// hurry makes everything due.
func (r *ready) hurry(now time.Time) {
	r.mu.Lock()
	for p := range r.when {
		r.when[p] = now
	}
	r.mu.Unlock()
	r.poke()
}

// take gives a conversation that is due and that nobody here works on.
func (r *ready) take(now time.Time) (place, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for p, at := range r.when {
		if !r.busy[p] && !at.After(now) {
			delete(r.when, p)
			r.busy[p] = true
			if len(r.when) > 0 {
				r.poke()
			}
			return p, true
		}
	}
	return place{}, false
}

// leave ends the work on a conversation.
func (r *ready) leave(p place) {
	r.mu.Lock()
	delete(r.busy, p)
	_, more := r.when[p]
	r.mu.Unlock()
	if more {
		r.poke()
	}
}

// idle tells whether nothing is due and nobody works.
func (r *ready) idle() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.when) == 0 && len(r.busy) == 0
}

// knownConversations spares a look-up for each message. It forgets all when it
// is full: that costs a look-up, no more.
type knownConversations struct {
	mu sync.Mutex
	m  map[knownKey]id.ID
}

type knownKey struct {
	tenant       id.Tenant
	channel, key string
}

func (k *knownConversations) get(t id.Tenant, channel, key string) (id.ID, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	c, ok := k.m[knownKey{t, channel, key}]
	return c, ok
}

func (k *knownConversations) add(t id.Tenant, channel, key string, c id.ID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.m == nil || len(k.m) > 10_000 {
		k.m = map[knownKey]id.ID{}
	}
	k.m[knownKey{t, channel, key}] = c
}
