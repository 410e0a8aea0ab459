package house

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// planted are the modules that a program really has to start with, how parts() and
// routes() of internal/app name each, and what the check says of it.
var planted = []struct{ name, part, route, want string }{
	{"none", "", "", ""},
	{"untagged", `{tables: untagged.Tables()}`, "", `untagged.friend.Nickname has no data tag`},
	{"undeclared", `{tables: undeclared.Tables(), migrations: undeclared.Migrations()}`, "", `decoy.faith`},
	{"table", `{migrations: untold.Table()}`, "", `no struct describes the table decoy_notes`},
	{"column", `{migrations: untold.Column()}`, "", `table accounts has the columns`},
	{"open", "", `open.Routes(mux)`, `a stranger gets 200  of GET /ctt/decoy`},
}

// A module that stores what it does not tell, or has a page that asks nobody who
// they are, fails the check that `make check` runs. The go command is given the
// decoys beside the sources; no file is written among them.
func TestDecoys_built(t *testing.T) {
	t.Parallel()
	binary := withDecoys(t)
	for _, d := range planted {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), binary, "-test.run", "^TestGuard_strangers$")
			cmd.Dir, cmd.Env = filepath.Join(root, "internal", "app"), append(os.Environ(), "AMANAH_DECOY="+d.name)
			out, err := cmd.CombinedOutput()
			if d.want == "" {
				if err != nil {
					t.Errorf("fails without a decoy, so that the others prove little: %v\n%s", err, out)
				}
				return
			}
			if err == nil || !strings.Contains(string(out), d.want) {
				t.Errorf("is not caught (%v), or not by name (%q):\n%s", err, d.want, out)
			}
		})
	}
}

// withDecoys builds the tests of internal/app with all decoys in them, of which
// AMANAH_DECOY chooses one.
func withDecoys(t *testing.T) string {
	t.Helper()
	tmp := t.TempDir()
	top, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	over := map[string]string{}
	var imports, parts, routes strings.Builder
	files, err := filepath.Glob("testdata/built/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".go")
		over[filepath.Join(top, "internal", "decoy", name, "decoy.go")] = filepath.Join(top, "test", "house", f)
		if name == "open" {
			continue
		}
		imports.WriteString("\t\"amanah/internal/decoy/" + name + "\"\n")
	}
	for _, d := range planted {
		if d.part != "" {
			parts.WriteString("\tcase \"" + d.name + "\":\n\t\tout = append(out, part" + d.part + ")\n")
		}
		if d.route != "" {
			routes.WriteString("\tif os.Getenv(\"AMANAH_DECOY\") == \"" + d.name + "\" {\n\t\t" + d.route + "\n\t}\n")
		}
	}
	change := func(file string, pairs ...string) {
		path := filepath.Join(top, "internal", "app", file)
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text := string(src)
		for i := 0; i < len(pairs); i += 2 {
			if strings.Count(text, pairs[i]) != 1 {
				t.Fatalf("%s has %q not once: the decoys have no place in it", file, pairs[i])
			}
			text = strings.Replace(text, pairs[i], pairs[i+1], 1)
		}
		over[path] = filepath.Join(tmp, file)
		if err := os.WriteFile(over[path], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	change("parts.go",
		"import (\n", "import (\n\t\"os\"\n"+imports.String(),
		"func parts() []part {\n", "func parts() []part {\n\tout := realParts()\n\tswitch os.Getenv(\"AMANAH_DECOY\") {\n"+parts.String()+"\t}\n\treturn out\n}\n\nfunc realParts() []part {\n")
	change("web.go",
		"import (\n", "import (\n\t\"os\"\n\t\"amanah/internal/decoy/open\"\n",
		"func (a *App) routes(mux web.Mux) {\n", "func (a *App) routes(mux web.Mux) {\n"+routes.String())
	list, err := json.Marshal(map[string]any{"Replace": over})
	if err != nil {
		t.Fatal(err)
	}
	overlay, binary := filepath.Join(tmp, "overlay.json"), filepath.Join(tmp, "app.test")
	if err := os.WriteFile(overlay, list, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "test", "-c", "-vet=off", "-ldflags=-s -w", "-overlay", overlay, "-o", binary, "./internal/app")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building with decoys: %v\n%s", err, out)
	}
	return binary
}

// What these tests prove is worth nothing in a check that leaves them out.
func TestMakeCheck(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	_, recipe, _ := strings.Cut(string(src), "\ncheck:")
	recipe, _, _ = strings.Cut(recipe, "\n\n")
	for _, want := range []string{"./cmd/amanah check", "./test/house", "TestGuard ./internal/app"} {
		if !strings.Contains(recipe, want) {
			t.Errorf("make check does not run %q", want)
		}
	}
}
