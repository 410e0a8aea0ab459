package main

import (
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// In a script "amanah" is this test binary: every command runs as its users run it.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"amanah": main})
}

// TestScripts runs testdata/script/*.txtar, the specification of the commands.
// Besides testscript's own commands they have:
//
//	notices DIR          copies the program's own notices into a folder
//	edit FILE OLD NEW    replaces the one place of a text; NEW may be empty
//	await URL            waits until a page answers 200
//	fetch URL FILE       keeps a page
//	exits CODE COMMAND…  runs a command that must end with just this code
//	idof FILE NAME       puts the "id" of a JSON object into a variable
//
// $WEB and $SMTP are free addresses of this machine.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(e *testscript.Env) error {
			e.Setenv("WEB", freeAddress(t))
			e.Setenv("SMTP", freeAddress(t))
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"notices": copyNotices, "edit": edit, "await": await, "fetch": fetch, "exits": exits, "idof": idOf,
		},
	})
}

func freeAddress(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func copyNotices(ts *testscript.TestScript, _ bool, args []string) {
	files, err := filepath.Glob(filepath.Join(source, "notices", "*.yaml"))
	ts.Check(err)
	ts.Check(os.MkdirAll(ts.MkAbs(args[0]), 0o755))
	for _, f := range files {
		text, err := os.ReadFile(f)
		ts.Check(err)
		ts.Check(os.WriteFile(filepath.Join(ts.MkAbs(args[0]), filepath.Base(f)), text, 0o644))
	}
	ts.Check(os.CopyFS(filepath.Join(ts.MkAbs(args[0]), "assessments"), os.DirFS(filepath.Join(source, "notices", "assessments"))))
}

// source is the project's folder; scripts run elsewhere.
var source = func() string {
	dir, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		panic(err)
	}
	return dir
}()

func edit(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: edit FILE OLD NEW")
	}
	text := ts.ReadFile(args[0])
	old := strings.ReplaceAll(args[1], `\n`, "\n")
	if strings.Count(text, old) != 1 {
		ts.Fatalf("%q stands %d times in %s", old, strings.Count(text, old), args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, old, strings.ReplaceAll(args[2], `\n`, "\n"), 1)), 0o644))
}

func get(ts *testscript.TestScript, url, keep string) bool {
	r, err := (&http.Client{Timeout: 5 * time.Second}).Get(url)
	if err != nil {
		return false
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return false
	}
	if keep != "" {
		f, err := os.Create(ts.MkAbs(keep))
		ts.Check(err)
		defer f.Close()
		_, err = f.ReadFrom(r.Body)
		ts.Check(err)
	}
	return true
}

func await(ts *testscript.TestScript, _ bool, args []string) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 3000 {
		if get(ts, args[0], "") {
			return
		}
		<-tick.C
	}
	ts.Fatalf("%s does not answer", args[0])
}

func fetch(ts *testscript.TestScript, _ bool, args []string) {
	if !get(ts, args[0], args[1]) {
		ts.Fatalf("%s does not answer", args[0])
	}
}

func exits(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	var ended *exec.ExitError
	switch {
	case err == nil:
		ts.Fatalf("ended with 0, not %s", args[0])
	case !errors.As(err, &ended):
		ts.Fatalf("%v", err)
	case strconv.Itoa(ended.ExitCode()) != args[0]:
		ts.Fatalf("ended with %d, not %s", ended.ExitCode(), args[0])
	}
}

func idOf(ts *testscript.TestScript, _ bool, args []string) {
	var made struct{ ID string }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &made))
	ts.Setenv(args[1], made.ID)
}
