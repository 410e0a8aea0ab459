package erasure

import (
	"context"
	"slices"

	"amanah/internal/fault"
	"amanah/internal/id"
)

// Again removes a person who was erased before and came back with the restore of a
// backup: the steps from the key on, without telling anybody and without an order,
// whose proof is put back as it was. It tells whether anything of the person was
// there. Doing it again is no error.
func (e *Erasure) Again(ctx context.Context, who id.Subject) (bool, error) {
	const op = "erasure.Again"
	scopes, err := e.People.Enclosures(ctx, who)
	if fault.Is(err, fault.NotFound) || err == nil && len(scopes) == 0 {
		return false, nil
	}
	if err != nil {
		return false, fault.Wrap(op, err)
	}
	home := homeScope(scopes[0])
	o, err := e.draft(ctx, home, scopes, who, Request{Ground: GroundRequest, By: "operator"})
	if err != nil {
		return false, fault.Wrap(op, err)
	}
	r, err := e.prepare(home, o)
	if err != nil {
		return false, fault.Wrap(op, err)
	}
	at := func(name string) int { return slices.IndexFunc(steps, func(s step) bool { return s.name == name }) }
	for _, s := range steps[at("key"):at("done")] {
		if err := s.do(r, ctx); err != nil {
			return true, fault.Wrap(op+"."+s.name, err)
		}
	}
	return true, nil
}

// ProofColumn is the place of the pseudonym for the blind index, by which a proof
// is compared with a person.
const ProofColumn = proofColumn
