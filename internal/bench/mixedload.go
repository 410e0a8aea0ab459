package bench

import (
	"context"
	"math/rand/v2"
)

// perPerson is how many records one person has.
const perPerson = 100

// atOnce is how many rows a listing reads.
const atOnce = 50

// records is one side of the mixed load. Records have numbers; record n is of
// person n % (how many there are).
type records interface {
	fill(ctx context.Context, count int) error
	create(ctx context.Context, n int) error
	read(ctx context.Context, by actor, n int) error
	readPerson(ctx context.Context, by actor, n int) error
	readPurpose(ctx context.Context, n int) error
	rewrite(ctx context.Context, n int) error
	retain(ctx context.Context, by actor, n int) error
	retainPerson(ctx context.Context, n int) error
	remove(ctx context.Context, by actor, n int) error
	// entries reads the newest of what is logged; absent proves that a record is gone.
	entries(ctx context.Context) error
	absent(ctx context.Context, n int) error
}

// actor is who acts in an operation.
type actor string

const (
	byJob      actor = "job"
	byCustomer actor = "person"
	byOfficer  actor = "staff"
)

// mixedLoad is one workload: operations with how many of a hundred they are.
type mixedLoad struct {
	name string
	mix  []mixedStep
	zipf bool // else uniform
}

type mixedStep struct {
	share int
	do    func(ctx context.Context, s records, old, fresh int) error
}

// mixedLoads are the four, with the shares and distributions of GDPRbench. Other
// than there: what it does by time to live is done by number; metadata are changed
// for one person's records or one record, not for a whole purpose; a customer's and
// a controller's deletion takes one record; the regulator reads the newest fifty
// entries of the audit log (bare: the newest fifty records, as there is no log) and
// asks for the absence of a record in place of a proof that outlives it.
func mixedLoads() []mixedLoad {
	return []mixedLoad{
		{name: "controller", mix: []mixedStep{
			{25, func(ctx context.Context, s records, _, fresh int) error { return s.create(ctx, fresh) }},
			{25, func(ctx context.Context, s records, old, _ int) error { return s.remove(ctx, byJob, old) }},
			{25, func(ctx context.Context, s records, old, _ int) error { return s.retainPerson(ctx, old) }},
			{25, func(ctx context.Context, s records, old, _ int) error { return s.retain(ctx, byJob, old) }},
		}},
		{name: "customer", zipf: true, mix: []mixedStep{
			{20, func(ctx context.Context, s records, old, _ int) error { return s.readPerson(ctx, byCustomer, old) }},
			{20, func(ctx context.Context, s records, old, _ int) error { return s.read(ctx, byCustomer, old) }},
			{20, func(ctx context.Context, s records, old, _ int) error { return s.rewrite(ctx, old) }},
			{20, func(ctx context.Context, s records, old, _ int) error { return s.retain(ctx, byCustomer, old) }},
			{20, func(ctx context.Context, s records, old, _ int) error { return s.remove(ctx, byCustomer, old) }},
		}},
		{name: "processor", zipf: true, mix: []mixedStep{
			{80, func(ctx context.Context, s records, old, _ int) error { return s.read(ctx, byJob, old) }},
			{20, func(ctx context.Context, s records, old, _ int) error { return s.readPurpose(ctx, old) }},
		}},
		{name: "regulator", zipf: true, mix: []mixedStep{
			{46, func(ctx context.Context, s records, old, _ int) error { return s.readPerson(ctx, byOfficer, old) }},
			{31, func(ctx context.Context, s records, _, _ int) error { return s.entries(ctx) }},
			{23, func(ctx context.Context, s records, old, fresh int) error { return s.absent(ctx, -old-1) }},
		}},
	}
}

// ops is how many operations one round has.
func (mixedLoad) ops() int { return 100 }

// run does one round: the same operations for each side.
func (l mixedLoad) run(ctx context.Context, round, count int, s records) error {
	dice := rand.New(rand.NewPCG(uint64(round), uint64(len(l.name))))
	zipf := rand.NewZipf(dice, 1.01, 1, uint64(count-1))
	var todo []mixedStep
	for _, step := range l.mix {
		for range step.share * l.ops() / 100 {
			todo = append(todo, step)
		}
	}
	dice.Shuffle(len(todo), func(i, j int) { todo[i], todo[j] = todo[j], todo[i] })
	for i, step := range todo {
		old := dice.IntN(count)
		if l.zipf {
			old = int(zipf.Uint64())
		}
		if err := step.do(ctx, s, old, count*(round+2)+i); err != nil {
			return err
		}
	}
	return nil
}
