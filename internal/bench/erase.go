package bench

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"amanah/internal/app"
)

// The goals of an erasure.
const (
	eraseWithin = 10 * time.Millisecond
	eraseLoss   = 0.95
	eraseUsers  = 4
)

// erase measures how long the program takes from an order of erasure until all that
// is sealed of the person is unreadable, with few and many rows of the person, and
// what other people's work loses while rows are being removed. Nothing is mailed:
// where a relay is set, the person's letter goes out before the key is destroyed,
// and takes as long as the relay does.
//
// The other people's work is four callers who each accept a mail and read a page.
func erase(ctx context.Context, o Options, database string) (*Result, error) {
	t, done, err := trial(ctx, o, database)
	if err != nil {
		return nil, err
	}
	defer done()
	r := &Result{Engine: t.Engine(), Baseline: "the destruction of one key and nothing else; the same people's work with nobody being erased"}
	var alone []time.Duration
	for range 10 * o.Rounds {
		took, err := t.Destroy(ctx)
		if err != nil {
			return nil, err
		}
		alone = append(alone, took)
	}
	r.add("key alone p50", milliseconds(quantile(alone, 0.5)), "ms", 1)
	r.add("key alone p99", milliseconds(quantile(alone, 0.99)), "ms", 0)
	most := max(1, o.Records)
	sizes := []struct{ rows, people int }{{min(10, most), 10 * o.Rounds}, {min(1000, most), 2 * o.Rounds}, {most, max(1, o.Rounds/3)}}
	var slowest time.Duration
	made := 0
	for i, s := range sizes {
		unreadable, all, err := erased(ctx, t, s.rows, s.people, &made)
		if err != nil {
			return nil, err
		}
		of := []string{"few", "some", "many"}[i]
		r.add(of+": rows of a person", float64(s.rows), "rows", 0)
		r.add(of+": people", float64(s.people), "people", 0)
		p99 := quantile(unreadable, 0.99)
		slowest = max(slowest, p99)
		r.add(of+": unreadable p50", milliseconds(quantile(unreadable, 0.5)), "ms", float64(quantile(alone, 0.5))/float64(quantile(unreadable, 0.5)))
		r.add(of+": unreadable p99", milliseconds(p99), "ms", 0)
		r.add(of+": receipt p50", milliseconds(quantile(all, 0.5)), "ms", 0)
	}
	without, with, err := besides(ctx, o, t, most, &made)
	if err != nil {
		return nil, err
	}
	r.add("others baseline", without, "rounds of work/s", 1)
	r.add("others", with, "rounds of work/s", with/without)
	r.goal("unreadable within 10 ms at p99, whatever the person's rows", milliseconds(slowest), slowest < eraseWithin)
	r.goal("others: at least 0.95 of their work without it", with/without, with/without >= eraseLoss)
	return r, nil
}

// erased makes people with so many rows and erases them one after the other.
func erased(ctx context.Context, t *app.Trial, rows, people int, made *int) (unreadable, all []time.Duration, err error) {
	for range people {
		one, err := another(ctx, t, rows, made)
		if err != nil {
			return nil, nil, err
		}
		u, d, err := t.Erase(ctx, one)
		if err != nil {
			return nil, nil, err
		}
		unreadable, all = append(unreadable, u), append(all, d)
	}
	return unreadable, all, nil
}

func another(ctx context.Context, t *app.Trial, rows int, made *int) (app.Other, error) {
	*made++
	one, err := t.Another(ctx, *made)
	if err == nil {
		err = t.Fill(ctx, one, rows, piece)
	}
	return one, err
}

// besides measures the others' work in turns, alone and during the erasure of
// somebody with many rows. A round ends when the erasure does.
func besides(ctx context.Context, o Options, t *app.Trial, rows int, made *int) (without, with float64, err error) {
	letter := letters()
	work := func(ctx context.Context, n int64) error {
		if err := t.Accept(ctx, letter(n)); err != nil {
			return err
		}
		return t.Page(ctx)
	}
	rounds := max(1, o.Rounds/3)
	for range rounds {
		one, err := another(ctx, t, rows, made)
		if err != nil {
			return 0, 0, err
		}
		runtime.GC()
		alone, err := rate(ctx, o, eraseUsers, work)
		if err != nil {
			return 0, 0, err
		}
		during, err := whileErasing(ctx, o, t, one, work)
		if err != nil {
			return 0, 0, err
		}
		without, with = without+alone/float64(rounds), with+during/float64(rounds)
	}
	return without, with, nil
}

func whileErasing(ctx context.Context, o Options, t *app.Trial, one app.Other, work func(context.Context, int64) error) (float64, error) {
	over := make(chan error, 1)
	go func() { _, _, err := t.Erase(ctx, one); over <- err }()
	speed, err := rate(ctx, o, eraseUsers, work)
	if e := <-over; e != nil {
		return 0, fmt.Errorf("the erasure: %w", e)
	}
	return speed, err
}
