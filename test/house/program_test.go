package house

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

var root = filepath.Join("..", "..")

// pack is one package of the program with the types of what stands in it: names
// are resolved by Go's own type checker, so that an alias, a method value or a
// variable hides nothing.
type pack struct {
	path  string // below the module, as "internal/capture"
	files []*ast.File
	info  *types.Info
}

// built is the whole program without its tests.
type built struct {
	set   *token.FileSet
	find  types.Importer
	packs []*pack
}

var program = sync.OnceValues(load)

func theProgram(t *testing.T) *built {
	t.Helper()
	b, err := program()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

type listed struct {
	ImportPath, Export, Dir string
	GoFiles, IgnoredGoFiles []string
}

// load asks the go command for the program's packages and for the compiled
// exports of all that they import.
func load() (*built, error) {
	cmd := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Export,Dir,GoFiles,IgnoredGoFiles", "./cmd/...", "./internal/...", "./law/...", "./notices/...")
	cmd.Dir, cmd.Stderr = root, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	exports := map[string]string{}
	var ours []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var l listed
		if err := dec.Decode(&l); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		exports[l.ImportPath] = l.Export
		if l.ImportPath == "amanah" || strings.HasPrefix(l.ImportPath, "amanah/") {
			ours = append(ours, l)
		}
	}
	b := &built{set: token.NewFileSet()}
	b.find = importer.ForCompiler(b.set, "gc", func(p string) (io.ReadCloser, error) {
		if exports[p] == "" {
			return nil, fmt.Errorf("nothing of the program imports %s", p)
		}
		return os.Open(exports[p])
	})
	for _, l := range ours {
		name := strings.TrimPrefix(l.ImportPath, "amanah/")
		if forTests(name) {
			continue
		}
		if len(l.IgnoredGoFiles) > 0 {
			return nil, fmt.Errorf("%s: %v are built on other machines only, where nothing of this looks at them", name, l.IgnoredGoFiles)
		}
		var files []string
		for _, f := range l.GoFiles {
			files = append(files, filepath.Join(l.Dir, f))
		}
		p, err := b.check(name, files...)
		if err != nil {
			return nil, err
		}
		b.packs = append(b.packs, p)
	}
	return b, nil
}

// check reads files as a package of this name.
func (b *built) check(name string, files ...string) (*pack, error) {
	p := &pack{path: name, info: &types.Info{Uses: map[*ast.Ident]types.Object{}, Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}}}
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		// A name below the root, whatever folder the file lies in.
		parsed, err := parser.ParseFile(b.set, path.Join(name, filepath.Base(f)), src, 0)
		if err != nil {
			return nil, err
		}
		p.files = append(p.files, parsed)
	}
	var unknown error
	conf := types.Config{Importer: b.find, Error: func(err error) {
		// what nothing of the program imports is found by TestImports
		if !strings.Contains(err.Error(), "could not import") {
			unknown = errors.Join(unknown, err)
		}
	}}
	_, _ = conf.Check("amanah/"+name, b.set, p.files, p.info)
	return p, unknown
}

func (b *built) at(n ast.Node) string {
	p := b.set.Position(n.Pos())
	return fmt.Sprintf("%s:%d", p.Filename, p.Line)
}

// use is one place where a name of another package stands.
type use struct {
	name string // as "net.Dial", "(*amanah/internal/store.DB).System"
	file string
	line string
	// method is the name alone where it is one, and second the type of what it is
	// told behind the context.
	method, second string
	// behind a pointer: *http.Client is what somebody hands in, http.Client makes one.
	behind bool
}

func (b *built) uses(p *pack) (out []use) {
	for _, f := range p.files {
		pointed := map[*ast.Ident]bool{}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.StarExpr:
				switch x := n.X.(type) {
				case *ast.SelectorExpr:
					pointed[x.Sel] = true
				case *ast.Ident:
					pointed[x] = true
				}
			case *ast.Ident:
				obj := p.info.Uses[n]
				if obj == nil || obj.Pkg() == nil {
					return true
				}
				u := use{name: obj.Pkg().Path() + "." + obj.Name(), file: b.set.Position(n.Pos()).Filename, line: b.at(n), behind: pointed[n]}
				if f, ok := obj.(*types.Func); ok {
					u.name = f.FullName()
					if sig := f.Signature(); sig.Recv() != nil && sig.Params().Len() > 1 {
						u.method, u.second = f.Name(), sig.Params().At(1).Type().String()
					}
				} else if obj.Parent() != obj.Pkg().Scope() {
					return true // a field or a local name
				}
				out = append(out, u)
			}
			return true
		})
	}
	return out
}

// report fails a test with each finding.
func report(t *testing.T, found []string) {
	t.Helper()
	slices.Sort(found)
	for _, f := range slices.Compact(found) {
		t.Error(f)
	}
}
