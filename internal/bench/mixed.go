package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"
)

// The goals of the whole enforcement.
const (
	mixedTime    = 1.10
	mixedStorage = 1.5
)

// mixed measures the same load twice, in turns: on the program's store with its
// enforcement on (values sealed under each person's key, blind indexes, the gate of
// CTT's notice, the tenant guard, the audit log in the transaction of the act, the
// read log), and on a bare table of the same engine, disk, file encryption and
// flush with the same columns and indexes and nothing of that.
//
// The load has the four workloads of GDPRbench (Shastri, Banakar, Wasserman, Kumar,
// Chidambaram: Understanding and Benchmarking the Impact of GDPR on Database
// Systems, VLDB 2020, table 2), a quarter of the operations each. What differs is
// said in mixedLoads. The regulator's is defined by us.
func mixed(ctx context.Context, o Options, database string) (r *Result, err error) {
	dir, err := os.MkdirTemp("", "amanah-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	on, err := openKept(ctx, o, dir, database)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, on.close()) }()
	off, err := openBare(ctx, on, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, off.close()) }()
	for _, side := range []records{on, off} {
		if err := side.fill(ctx, o.Records); err != nil {
			return nil, err
		}
	}
	if err := on.settle(ctx); err != nil {
		return nil, err
	}
	r = &Result{Engine: on.db.Engine(), Baseline: "the same operations on a bare table of the same engine, disk, file encryption and flush, with the same columns and indexes"}
	sizeOn, err := on.size(ctx)
	if err != nil {
		return nil, err
	}
	sizeOff, err := off.size(ctx)
	if err != nil {
		return nil, err
	}
	var tookOn, tookOff time.Duration
	for _, load := range mixedLoads() {
		times, err := inTurns(ctx, o, load, on, off)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", load.name, err)
		}
		r.add(load.name+" baseline", milliseconds(times[1])/float64(load.ops()), "ms/operation", 1)
		r.add(load.name, milliseconds(times[0])/float64(load.ops()), "ms/operation", float64(times[1])/float64(times[0]))
		tookOn, tookOff = tookOn+times[0], tookOff+times[1]
	}
	r.add("records", float64(o.Records), "records", 0)
	r.add("storage baseline", float64(sizeOff)/float64(o.Records), "bytes/record", 1)
	r.add("storage", float64(sizeOn)/float64(o.Records), "bytes/record", float64(sizeOff)/float64(sizeOn))
	times, storage := float64(tookOn)/float64(tookOff), float64(sizeOn)/float64(sizeOff)
	r.goal("whole load: at most 1.10 times the bare time", times, times <= mixedTime)
	r.goal("storage: at most 1.5 times the bare one", storage, storage <= mixedStorage)
	return r, nil
}

// inTurns runs a load on each side, round by round, with the same operations, and
// gives each side's best round.
func inTurns(ctx context.Context, o Options, load mixedLoad, sides ...records) ([]time.Duration, error) {
	took := make([]time.Duration, len(sides))
	for round := range o.Rounds {
		for i, side := range sides {
			runtime.GC()
			began := o.Clock.Now()
			if err := load.run(ctx, round, o.Records, side); err != nil {
				return nil, err
			}
			took[i] = least(took[i], o.Clock.Now().Sub(began))
		}
	}
	return took, nil
}
