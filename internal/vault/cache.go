package vault

import (
	"container/list"
	"context"
	"errors"
	"sync"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
)

// cache keeps unwrapped keys for a short time: the least recently used goes
// first, none outlives the age, and several who want the same key at once load
// it once. Values are handed out as copies, made under the lock, because those
// inside are wiped when they go.
type cache[K comparable, V any] struct {
	clock clock.Clock
	age   time.Duration
	max   int
	wipe  func(*V)

	mu      sync.Mutex
	order   *list.List // of *entry[K, V], most recently used in front
	items   map[K]*list.Element
	flights map[flightKey[K]]*flight[V]
}

type entry[K comparable, V any] struct {
	key    K
	value  V
	loaded time.Time
}

// flightKey keeps those who may make a key apart from those who may only read
// one: who may make it must not be told "missing" by who only looked.
type flightKey[K comparable] struct {
	key    K
	create bool
}

type flight[V any] struct {
	done  chan struct{}
	value V
	err   error
}

func newCache[K comparable, V any](c clock.Clock, age time.Duration, max int, wipe func(*V)) *cache[K, V] {
	return &cache[K, V]{
		clock: c, age: age, max: max, wipe: wipe,
		order: list.New(), items: map[K]*list.Element{}, flights: map[flightKey[K]]*flight[V]{},
	}
}

// get gives the cached value or loads it. Waiting for another's load ends with
// one's own context; a load that failed by the other's context is done again.
func (c *cache[K, V]) get(ctx context.Context, k K, create bool, load func(context.Context) (V, error)) (V, error) {
	fk := flightKey[K]{k, create}
	for {
		c.mu.Lock()
		now := c.clock.Now()
		if v, ok := c.fresh(k, now); ok {
			c.mu.Unlock()
			return v, nil
		}
		f, joined := c.flights[fk]
		if !joined {
			f = &flight[V]{done: make(chan struct{})}
			c.flights[fk] = f
		}
		c.mu.Unlock()

		if !joined {
			c.fly(ctx, fk, f, now, load)
			return f.value, f.err
		}
		select {
		case <-ctx.Done():
			var none V
			return none, fault.New(fault.Unavailable, "vault.cache", "vault.cancelled").Cause(ctx.Err())
		case <-f.done:
		}
		if !ended(f.err) {
			return f.value, f.err
		}
	}
}

func ended(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// fly loads for everybody who waits on f. Its result is kept only if nobody
// dropped the key meanwhile: else a destroyed key would come back.
func (c *cache[K, V]) fly(ctx context.Context, fk flightKey[K], f *flight[V], started time.Time, load func(context.Context) (V, error)) {
	f.err = fault.New(fault.Internal, "vault.cache", "vault.load_panicked")
	defer func() {
		c.mu.Lock()
		if c.flights[fk] == f {
			delete(c.flights, fk)
			if f.err == nil {
				c.put(fk.key, f.value, started)
			}
		}
		c.mu.Unlock()
		close(f.done)
	}()
	f.value, f.err = load(ctx)
}

func (c *cache[K, V]) fresh(k K, now time.Time) (V, bool) {
	var none V
	el, ok := c.items[k]
	if !ok {
		return none, false
	}
	e := el.Value.(*entry[K, V])
	if c.stale(e, now) {
		c.remove(el)
		return none, false
	}
	c.order.MoveToFront(el)
	return e.value, true
}

// stale also holds for a clock that was set back: the age is then unknown.
func (c *cache[K, V]) stale(e *entry[K, V], now time.Time) bool {
	d := now.Sub(e.loaded)
	return d < 0 || d >= c.age
}

func (c *cache[K, V]) put(k K, v V, loaded time.Time) {
	if el, ok := c.items[k]; ok {
		c.remove(el)
	}
	c.items[k] = c.order.PushFront(&entry[K, V]{key: k, value: v, loaded: loaded})
	now := c.clock.Now()
	for el := c.order.Back(); el != nil; el = c.order.Back() {
		if c.order.Len() <= c.max && !c.stale(el.Value.(*entry[K, V]), now) {
			return
		}
		c.remove(el)
	}
}

func (c *cache[K, V]) remove(el *list.Element) {
	e := c.order.Remove(el).(*entry[K, V])
	delete(c.items, e.key)
	c.wipe(&e.value)
}

// drop forgets every key that matches, and what is being loaded for it.
func (c *cache[K, V]) drop(match func(K) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for k, el := range c.items {
		if match(k) {
			c.remove(el)
		}
	}
	for fk := range c.flights {
		if match(fk.key) {
			delete(c.flights, fk)
		}
	}
}
