package promise

import "slices"

// State says how a promise stands.
type State string

// The states.
const (
	Kept   State = "kept"
	AtRisk State = "at_risk"
	Broken State = "broken"
	// Unchecked is what nobody has looked at lately, or what a check could not
	// find out.
	Unchecked State = "unchecked"
	// ByPeople is what no program can keep.
	ByPeople State = "not_by_software"
	// Waiting is what a part of the program will keep that does not run yet.
	Waiting State = "not_running_yet"
)

// States are all, the worst first.
func States() []State { return []State{Broken, Unchecked, AtRisk, Kept, Waiting, ByPeople} }

// worse is the state of two checks of one promise.
func worse(a, b State) State {
	all := States()
	if slices.Index(all, a) <= slices.Index(all, b) {
		return a
	}
	return b
}

// Finding is what a check found.
type Finding struct {
	State   State
	Figures []Figure
}

// found makes a finding of one figure.
func found(s State, f Figure) Finding { return Finding{s, []Figure{f}} }

// when is kept if ok, broken otherwise.
func when(ok bool) State {
	if ok {
		return Kept
	}
	return Broken
}
