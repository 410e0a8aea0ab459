package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "amanah-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "amanah")
	build := exec.Command("go", "build", "-o", binary, "./cmd/amanah")
	build.Dir = filepath.Join("..", "..")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "the program does not build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// engines runs a test on SQLite and on PostgreSQL.
func engines(t *testing.T, f func(t *testing.T, engine string)) {
	t.Helper()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) { t.Parallel(); f(t, engine) })
	}
}

// eventually asks until the answer is yes. The question gives what it saw, for
// the failure's text.
func eventually(t testing.TB, within time.Duration, what string, ask func() (ok bool, saw any)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	pause := 20 * time.Millisecond
	tick := time.NewTimer(pause)
	defer tick.Stop()
	for {
		ok, saw := ask()
		if ok {
			return
		}
		// Asking costs the program time too: what takes long is asked for less often.
		pause = min(pause*5/4, time.Second/2)
		tick.Reset(pause)
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%s: not within %v; last seen: %v", what, within, saw)
		}
	}
}
