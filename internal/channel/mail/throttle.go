package mail

import (
	"container/list"
	"hash/maphash"
	"sync"

	"golang.org/x/time/rate"

	"amanah/internal/clock"
)

// maxBuckets bounds the memory of one throttle; the bucket that was not asked
// for longest is forgotten first.
const maxBuckets = 16384

// throttle has one token bucket a key. Keys are kept as salted hashes only.
type throttle struct {
	clock clock.Clock
	each  rate.Limit
	burst int
	seed  maphash.Seed

	mu   sync.Mutex
	byID map[uint64]*list.Element
	used *list.List
}

type bucket struct {
	key uint64
	lim *rate.Limiter
}

// newThrottle allows perMinute events a key, all of them at once if they come
// so. Below one there is no limit.
func newThrottle(perMinute int, c clock.Clock) *throttle {
	return &throttle{
		clock: c, each: rate.Limit(float64(perMinute) / 60), burst: perMinute,
		seed: maphash.MakeSeed(), byID: map[uint64]*list.Element{}, used: list.New(),
	}
}

func (t *throttle) allow(key string) bool {
	if t.burst < 1 {
		return true
	}
	h := maphash.String(t.seed, key)
	t.mu.Lock()
	defer t.mu.Unlock()
	e, ok := t.byID[h]
	if ok {
		t.used.MoveToFront(e)
	} else {
		e = t.used.PushFront(&bucket{h, rate.NewLimiter(t.each, t.burst)})
		t.byID[h] = e
		if t.used.Len() > maxBuckets {
			last := t.used.Back()
			delete(t.byID, t.used.Remove(last).(*bucket).key)
		}
	}
	return e.Value.(*bucket).lim.AllowN(t.clock.Now(), 1)
}
