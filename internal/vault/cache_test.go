package vault

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
)

func testCache(max int) (*cache[int, [4]byte], *clock.Manual, *atomic.Int32) {
	now := clock.NewManual(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC))
	wiped := &atomic.Int32{}
	c := newCache[int](now, 30*time.Second, max, func(v *[4]byte) { clear(v[:]); wiped.Add(1) })
	return c, now, wiped
}

func load(v byte, calls *int) func(context.Context) ([4]byte, error) {
	return func(context.Context) ([4]byte, error) { *calls++; return [4]byte{v}, nil }
}

func TestCache_isBoundedAndWipes(t *testing.T) {
	t.Parallel()
	c, now, wiped := testCache(3)
	calls := 0
	get := func(k int) {
		t.Helper()
		if v, err := c.get(t.Context(), k, false, load(byte(k), &calls)); err != nil || v[0] != byte(k) {
			t.Fatalf("get(%d) = %v, %v", k, v, err)
		}
	}
	for _, k := range []int{1, 2, 3, 1, 4, 1} { // 2 is the least recently used when 4 comes
		get(k)
	}
	if calls != 4 || len(c.items) != 3 || wiped.Load() != 1 {
		t.Errorf("%d loads, %d kept, %d wiped; want 4, 3, 1", calls, len(c.items), wiped.Load())
	}
	if _, ok := c.items[2]; ok {
		t.Error("the least recently used was kept")
	}
	now.Add(30 * time.Second)
	get(5)
	if len(c.items) != 1 || wiped.Load() != 4 {
		t.Errorf("%d kept, %d wiped after all had grown old; want 1, 4", len(c.items), wiped.Load())
	}
	now.Add(-time.Hour)
	get(5)
	if calls != 6 {
		t.Errorf("%d loads; a clock set back must not keep a key alive", calls)
	}
	c.drop(func(int) bool { return true })
	if len(c.items) != 0 || c.order.Len() != 0 || wiped.Load() != 6 {
		t.Errorf("%d kept, %d wiped after drop", len(c.items), wiped.Load())
	}
}

func TestCache_failuresAreNotKept(t *testing.T) {
	t.Parallel()
	c, _, _ := testCache(3)
	calls := 0
	_, err := c.get(t.Context(), 1, false, func(context.Context) ([4]byte, error) { return [4]byte{}, errors.New("busy") })
	if err == nil {
		t.Error("no error")
	}
	func() {
		defer func() { _ = recover() }()
		_, _ = c.get(t.Context(), 1, false, func(context.Context) ([4]byte, error) { panic("broken") })
	}()
	if v, err := c.get(t.Context(), 1, false, load(1, &calls)); err != nil || v[0] != 1 || calls != 1 {
		t.Errorf("%v, %v after %d loads", v, err, calls)
	}
}

func TestCache_waiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, _, _ := testCache(3)
		leader, cancelLeader := context.WithCancel(t.Context())
		waiter, cancelWaiter := context.WithCancel(t.Context())
		calls := 0
		go func() {
			_, err := c.get(leader, 1, false, func(ctx context.Context) ([4]byte, error) { <-ctx.Done(); return [4]byte{}, ctx.Err() })
			if !errors.Is(err, context.Canceled) {
				t.Errorf("leader: %v", err)
			}
		}()
		synctest.Wait()
		go func() {
			if _, err := c.get(waiter, 1, false, load(9, &calls)); !fault.Is(err, fault.Unavailable) {
				t.Errorf("a waiter whose own context ended: %v", err)
			}
		}()
		go func() {
			if v, err := c.get(t.Context(), 1, false, load(2, &calls)); err != nil || v[0] != 2 {
				t.Errorf("a waiter whose leader gave up: %v, %v", v, err)
			}
		}()
		synctest.Wait()
		if calls != 0 {
			t.Errorf("%d loads while the leader hangs", calls)
		}
		cancelWaiter()
		synctest.Wait()
		cancelLeader()
		synctest.Wait()
		if calls != 1 {
			t.Errorf("%d loads, want only that of the waiter who stayed", calls)
		}
	})
}

// Who may make a key must not wait for, and be told "missing" by, one who only
// looks.
func TestCache_creatorDoesNotJoinALooker(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, _, _ := testCache(3)
		looked := make(chan struct{})
		calls := 0
		go func() {
			_, err := c.get(t.Context(), 1, false, func(context.Context) ([4]byte, error) {
				<-looked
				return [4]byte{}, errors.New("missing")
			})
			if err == nil {
				t.Error("the looker found a key")
			}
		}()
		synctest.Wait()
		if v, err := c.get(t.Context(), 1, true, load(2, &calls)); err != nil || v[0] != 2 {
			t.Errorf("creator: %v, %v", v, err)
		}
		close(looked)
	})
}
