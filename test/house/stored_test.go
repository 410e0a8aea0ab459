package house

import (
	"fmt"
	"go/ast"
	"go/types"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
)

const rowType = "amanah/internal/store.Row"

// untold finds stored structs with a field that says nothing of itself, and such as
// stand in no store.Set or in one that the program does not know.
func untold(b *built, p *pack, known map[string]bool) (found []string) {
	rows, told := map[string]*ast.TypeSpec{}, map[string]bool{}
	for _, f := range p.files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.TypeSpec:
				if s, ok := p.info.Defs[n.Name].Type().Underlying().(*types.Struct); ok && embedsRow(s) {
					rows[n.Name.Name] = n
					for i := 1; i < s.NumFields(); i++ {
						if reflect.StructTag(s.Tag(i)).Get("data") == "" {
							found = append(found, fmt.Sprintf("%s: %s.%s is stored and has no data tag", b.at(n), n.Name.Name, s.Field(i).Name()))
						}
					}
				}
			case *ast.CompositeLit:
				if t := p.info.Types[n].Type; t == nil || t.String() != "amanah/internal/store.Set" {
					return true
				}
				if list, ok := field(n, "Rows").(*ast.CompositeLit); ok {
					for _, e := range list.Elts {
						if named, ok := p.info.Types[e].Type.(*types.Named); ok {
							told[named.Obj().Name()] = true
						}
					}
				}
			}
			return true
		})
	}
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		switch {
		case !told[name]:
			found = append(found, fmt.Sprintf("%s: %s is stored and stands in no store.Set", b.at(rows[name]), name))
		case !known[p.path]:
			found = append(found, fmt.Sprintf("%s: %s is stored, and parts() of internal/app does not name %s.Tables", b.at(rows[name]), name, p.path))
		}
	}
	return found
}

func embedsRow(s *types.Struct) bool {
	return s.NumFields() > 0 && s.Field(0).Embedded() && s.Field(0).Type().String() == rowType
}

// inParts are the packages whose Tables internal/app knows.
func inParts(b *built) map[string]bool {
	out := map[string]bool{}
	for _, p := range b.packs {
		if p.path != "internal/app" {
			continue
		}
		for _, u := range b.uses(p) {
			if of, ok := cutBoth(u.name, "amanah/", ".Tables"); ok && u.file == "internal/app/parts.go" {
				out[of] = true
			}
		}
	}
	return out
}

func cutBoth(s, before, after string) (string, bool) {
	s, one := strings.CutPrefix(s, before)
	s, two := strings.CutSuffix(s, after)
	return s, one && two
}

func TestStoredIsTold(t *testing.T) {
	t.Parallel()
	b := theProgram(t)
	known := inParts(b)
	for _, p := range b.packs {
		if p.path != "internal/bench" { // its records are nobody's, in a store of its own
			report(t, untold(b, p, known))
		}
	}
	if len(known) < 20 {
		t.Errorf("only %d packages with tables found", len(known))
	}
}
