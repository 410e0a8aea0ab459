package house

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"testing"

	"amanah/internal/privacy/notice"
	"amanah/notices"
)

const scopeType = "amanah/internal/store.Scope"

// purposes are those of all notices. The gate asks each service's own when it runs.
func purposes(t *testing.T) (out []string) {
	t.Helper()
	all, found := notice.LoadNotices(notices.FS)
	for _, n := range all {
		for _, p := range n.Purposes() {
			out = append(out, p.Key)
		}
	}
	if len(out) == 0 {
		t.Fatal(found)
	}
	return out
}

// unfit finds scopes that name no purpose, and written purposes that no notice has:
// in a scope, in an assignment to one's Purpose, and where a function that makes a
// scope, or Tx.For, is told one.
func unfit(b *built, p *pack, known []string) (found []string) {
	wrong := func(e ast.Expr) {
		if v := p.info.Types[e].Value; v != nil && v.Kind() == constant.String && !slices.Contains(known, constant.StringVal(v)) {
			found = append(found, fmt.Sprintf("%s: the purpose %s is in no notice: the gate would refuse it", b.at(e), v))
		}
	}
	for _, f := range p.files {
		set := laterSet(p, f)
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CompositeLit:
				if !isScope(p.info.Types[n].Type) || len(n.Elts) == 0 || set[n] {
					return true
				}
				if e := field(n, "Purpose"); e == nil {
					found = append(found, fmt.Sprintf("%s: a store.Scope without a purpose: the gate would refuse it", b.at(n)))
				} else {
					wrong(e)
				}
			case *ast.AssignStmt:
				for i, l := range n.Lhs {
					if s, ok := l.(*ast.SelectorExpr); ok && s.Sel.Name == "Purpose" && isScope(p.info.Types[s.X].Type) && i < len(n.Rhs) {
						wrong(n.Rhs[i])
					}
				}
			case *ast.CallExpr:
				sig, ok := p.info.Types[n.Fun].Type.(*types.Signature)
				ok = ok && (makesScope(sig) || isFor(p, n.Fun))
				for i, a := range n.Args {
					if ok && i < sig.Params().Len() && sig.Params().At(i).Name() == "purpose" {
						wrong(a)
					}
				}
			}
			return true
		})
	}
	return found
}

func isScope(t types.Type) bool {
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	return t != nil && t.String() == scopeType
}

func makesScope(sig *types.Signature) bool {
	for v := range sig.Results().Variables() {
		if isScope(v.Type()) {
			return true
		}
	}
	return false
}

func isFor(p *pack, called ast.Expr) bool {
	s, ok := called.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	f, ok := p.info.Uses[s.Sel].(*types.Func)
	return ok && f.FullName() == "(*amanah/internal/store.Tx).For"
}

func field(lit *ast.CompositeLit, name string) ast.Expr {
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if k, ok := kv.Key.(*ast.Ident); ok && k.Name == name {
				return kv.Value
			}
		}
	}
	return nil
}

// laterSet are scopes whose variable gets its purpose in the same file afterwards.
func laterSet(p *pack, f *ast.File) map[*ast.CompositeLit]bool {
	made, out := map[types.Object]*ast.CompositeLit{}, map[*ast.CompositeLit]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if !ok {
			return true
		}
		for i, l := range a.Lhs {
			switch l := l.(type) {
			case *ast.Ident:
				if i < len(a.Rhs) && a.Tok == token.DEFINE {
					if lit, ok := a.Rhs[i].(*ast.CompositeLit); ok {
						made[p.info.Defs[l]] = lit
					}
				}
			case *ast.SelectorExpr:
				if x, ok := l.X.(*ast.Ident); ok && l.Sel.Name == "Purpose" && made[p.info.Uses[x]] != nil {
					out[made[p.info.Uses[x]]] = true
				}
			}
		}
		return true
	})
	return out
}

// elsewhere are a store's own scopes, which have no purpose, and askers that ask a
// gate what it has to refuse.
var elsewhere = []string{"internal/store", "internal/bench", "internal/privacy/promise"}

func TestPurposes(t *testing.T) {
	t.Parallel()
	b, known := theProgram(t), purposes(t)
	for _, p := range b.packs {
		if !slices.Contains(elsewhere, p.path) {
			report(t, unfit(b, p, known))
		}
	}
}
