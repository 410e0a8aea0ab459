package bench

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// rate lets callers do something over and over for a round and gives how often a
// second it was done. do gets a number that no other call gets.
func rate(ctx context.Context, o Options, callers int, do func(ctx context.Context, n int64) error) (float64, error) {
	var n, done atomic.Int64
	var failed atomic.Pointer[error]
	n.Store(serial.Add(1 << 32))
	began := o.Clock.Now()
	until := began.Add(o.Round)
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			for o.Clock.Now().Before(until) && failed.Load() == nil {
				if err := do(ctx, n.Add(1)); err != nil {
					failed.CompareAndSwap(nil, &err)
					return
				}
				done.Add(1)
			}
		})
	}
	all.Wait()
	if err := failed.Load(); err != nil {
		return 0, fmt.Errorf("after %d: %w", done.Load(), *err)
	}
	return float64(done.Load()) / o.Clock.Now().Sub(began).Seconds(), nil
}

// cpu is what the process has used of its processors so far.
func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// serial keeps the numbers of different rounds apart.
var serial atomic.Int64

// best repeats measurements side by side and keeps the best of each, so that
// what disturbs the machine meets all of them.
func best(rounds int, measure ...func() (float64, error)) ([]float64, error) {
	out := make([]float64, len(measure))
	for range rounds {
		for i, m := range measure {
			runtime.GC()
			v, err := m()
			if err != nil {
				return nil, err
			}
			out[i] = max(out[i], v)
		}
	}
	return out, nil
}

// each gives the time of one call, over enough calls to fill a round, and the
// allocations of one.
func each(o Options, f func(n int)) (time.Duration, float64) {
	f(1000) // caches warm
	var before, after runtime.MemStats
	calls := 1000
	for {
		runtime.ReadMemStats(&before)
		began := o.Clock.Now()
		f(calls)
		took := o.Clock.Now().Sub(began)
		runtime.ReadMemStats(&after)
		if took >= o.Round/20 {
			// Other goroutines of the process may have allocated: whole ones count.
			return took / time.Duration(calls), float64((after.Mallocs - before.Mallocs) / uint64(calls))
		}
		calls *= 4
	}
}

// quantile gives the value below which a share of the samples lies.
func quantile(of []time.Duration, share float64) time.Duration {
	s := slices.Sorted(slices.Values(of))
	return s[min(len(s)-1, int(share*float64(len(s))))]
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
