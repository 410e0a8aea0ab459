package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// around are the calls that would reach a person's data without the gate, and the
// places that may make them. Each place is named with how often: a new one is a
// change of this list that a reviewer sees.
var around = map[string]map[string]int{
	// what a vault sealed is opened by the store, and by the copies of a person
	// of which rowset asks itself; the promise checks open probes of nobody
	"OpenValue": {"internal/store/rows.go": 1, "internal/privacy/rights/rowset/read.go": 1, "internal/privacy/promise/check_vault.go": 3},
	"SealValue": {"internal/store/rows.go": 1},
	// sees every tenant; sealed values stay sealed in it
	"System": {"internal/store/system.go": 1, "internal/store/migrate.go": 1, "internal/inbox/work.go": 1,
		"internal/app/record.go": 1, "internal/audit/order.go": 2, "internal/store/watch.go": 4},
}

// Nothing goes around the gate: whoever opens or seals, or looks at every tenant,
// stands on the list, and who stands there does it.
func TestSealed(t *testing.T) {
	t.Parallel()
	found := map[string]map[string]int{}
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(filepath.Join(root, "internal"), func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		if strings.HasPrefix(name, "internal/vault/") || strings.Contains(name, "test/") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if s, ok := call.Fun.(*ast.SelectorExpr); ok && around[s.Sel.Name] != nil {
				if found[s.Sel.Name] == nil {
					found[s.Sel.Name] = map[string]int{}
				}
				found[s.Sel.Name][name]++
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for call, places := range around {
		for place, n := range found[call] {
			if places[place] != n {
				t.Errorf("%s calls %s %d times, the list says %d: what reaches data around the gate is named in test/house", place, call, n, places[place])
			}
		}
		for place := range places {
			if found[call][place] == 0 {
				t.Errorf("%s no longer calls %s: take it from the list", place, call)
			}
		}
	}
}

// Files of people are sealed and opened by the store's own functions, which ask the
// gate; a vault's are for erasure, retention and copies.
func TestSealed_files(t *testing.T) {
	t.Parallel()
	allowed := []string{"internal/store/gate.go", "internal/privacy/rights/rowset/remove.go"}
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(filepath.Join(root, "internal"), func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		rel, _ := filepath.Rel(root, file)
		name := filepath.ToSlash(rel)
		if slices.Contains(allowed, name) || strings.HasPrefix(name, "internal/vault/") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			s, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || s.Sel.Name != "PutFile" && s.Sel.Name != "OpenFile" {
				return true
			}
			if inner, ok := s.X.(*ast.CallExpr); ok {
				if v, ok := inner.Fun.(*ast.SelectorExpr); ok && v.Sel.Name == "Vault" {
					t.Errorf("%s takes a file from the vault itself: use store.DB's %s, which asks the gate", name, s.Sel.Name)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
