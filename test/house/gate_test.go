package house

import (
	"fmt"
	"testing"
)

// around are the calls that would reach a person's data without the gate, and the
// places that may make them. Each place is named with how often: a new one is a
// change of this list that a reviewer sees. A call is known by its name and by what
// it is told second, so that an interface in front of it hides nothing.
var around = map[string]map[string]int{
	// what a vault sealed is opened by the store, and by the copies of a person
	// of which rowset asks itself; the promise checks open probes of nobody, and the
	// measurement of erasures a value of its own made people
	"OpenValue(amanah/internal/id.Tenant)": {"internal/store/rows.go": 1, "internal/privacy/rights/rowset/read.go": 1, "internal/privacy/promise/check_vault.go": 3, "internal/app/trialerase.go": 1},
	"SealValue(amanah/internal/id.Tenant)": {"internal/store/rows.go": 1, "internal/app/trialerase.go": 1},
	// files of people are sealed and opened by the store's own functions, which ask
	// the gate; a vault's are for erasure, retention and copies
	"OpenFile(amanah/internal/id.Tenant)": {"internal/store/gate.go": 1, "internal/privacy/rights/rowset/remove.go": 1},
	"PutFile(amanah/internal/id.Tenant)":  {"internal/store/gate.go": 1},
	// sees every tenant; sealed values stay sealed in it
	"System(amanah/internal/store.SystemUse)": {"internal/store/system.go": 1, "internal/store/migrate.go": 1, "internal/inbox/work.go": 1,
		"internal/app/record.go": 1, "internal/audit/order.go": 2, "internal/store/watch.go": 4},
}

// passedBy finds the uses of each call of around, by file.
func passedBy(b *built, p *pack) map[string]map[string]int {
	out := map[string]map[string]int{}
	if within(p.path, "internal/vault") {
		return out
	}
	for _, u := range b.uses(p) {
		call := u.method + "(" + u.second + ")"
		if around[call] == nil {
			continue
		}
		if out[call] == nil {
			out[call] = map[string]int{}
		}
		out[call][u.file]++
	}
	return out
}

// unlisted are the uses that the list does not have, or not as often.
func unlisted(found map[string]map[string]int) (out []string) {
	for call, files := range found {
		for file, n := range files {
			if around[call][file] != n {
				out = append(out, fmt.Sprintf("%s uses %s %d times, the list says %d: what reaches data around the gate is named in test/house", file, call, n, around[call][file]))
			}
		}
	}
	return out
}

// Nothing goes around the gate: whoever opens or seals, or looks at every tenant,
// stands on the list, and who stands there does it.
func TestSealed(t *testing.T) {
	t.Parallel()
	b := theProgram(t)
	all := map[string]map[string]int{}
	for _, p := range b.packs {
		found := passedBy(b, p)
		report(t, unlisted(found))
		for call, files := range found {
			for file := range files {
				if all[call] == nil {
					all[call] = map[string]int{}
				}
				all[call][file]++
			}
		}
	}
	for call, places := range around {
		for place := range places {
			if all[call][place] == 0 {
				t.Errorf("%s no longer uses %s: take it from the list", place, call)
			}
		}
	}
}
