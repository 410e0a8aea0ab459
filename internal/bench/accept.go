package bench

import (
	"context"
	"fmt"

	"amanah/internal/app"
)

// rowOverhead is what a kept mail's row holds beside the mail: ids, times, proofs,
// and what sealing adds. The bare row is as large.
const rowOverhead = 400

// callers are how many mails arrive at a time.
var callers = []int{1, 8, 64}

const bareRows = "single-row durable inserts of the same size over one connection, same engine, disk, encryption and flush"

// accept measures how many mails a second the inbox makes durable.
func accept(ctx context.Context, o Options, database string) (*Result, error) {
	t, done, err := trial(ctx, o, database)
	if err != nil {
		return nil, err
	}
	defer done()
	mail := letters()
	return besideBare(ctx, o, t, func(int) (func(context.Context, int64) error, func(), error) {
		return func(ctx context.Context, n int64) error { return t.Accept(ctx, mail(n)) }, func() {}, nil
	})
}

// besideBare measures a way in, with some numbers of callers, and bare rows
// beside it. open is asked once for each number of callers.
func besideBare(ctx context.Context, o Options, t *app.Trial, open func(callers int) (do func(context.Context, int64) error, done func(), err error)) (*Result, error) {
	bare, err := t.Bare(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = bare.Close() }()
	mail := letters()
	sides := []func() (float64, error){func() (float64, error) {
		return rate(ctx, o, 1, func(ctx context.Context, n int64) error {
			return bare.Insert(ctx, fmt.Sprintf("%036d", n), append(mail(n), make([]byte, rowOverhead)...))
		})
	}}
	for _, c := range callers {
		do, done, err := open(c)
		if err != nil {
			return nil, err
		}
		defer done()
		sides = append(sides, func() (float64, error) { return rate(ctx, o, c, do) })
	}
	got, err := best(o.Rounds, sides...)
	if err != nil {
		return nil, err
	}
	r := &Result{Engine: t.Engine(), Baseline: bareRows}
	r.add("baseline", got[0], "rows/s", 1)
	for i, c := range callers {
		r.add(fmt.Sprintf("callers=%d", c), got[i+1], "mails/s", got[i+1]/got[0])
	}
	r.goal("one caller: at least 0.5 of the baseline", got[1]/got[0], got[1] >= 0.5*got[0])
	r.goal("64 callers sharing commits: more than the baseline", got[3]/got[0], got[3] > got[0])
	return r, nil
}
