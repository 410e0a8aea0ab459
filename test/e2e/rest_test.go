package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"amanah/test/peers"
)

// peerTool runs a tool of test/peers and gives what it said.
func peerTool(t testing.TB, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(filepath.Join(peers.Folder(), "node_modules", ".bin", name), args...)
	cmd.Dir = dir
	// Nothing of it may call home.
	cmd.Env = append(os.Environ(), "REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true", "DO_NOT_TRACK=1", "CI=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

// document fetches the OpenAPI document into a folder of its own.
func document(t testing.TB, p *program) string {
	t.Helper()
	r, err := http.Get(p.url("/ctt/api/v1/openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatal(r.StatusCode, err)
	}
	file := filepath.Join(t.TempDir(), "openapi.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// driver is the script that uses the generated client.
type driver struct {
	t   testing.TB
	in  io.Writer
	out *bufio.Scanner
	err *bytes.Buffer
}

func drive(t testing.TB, argument map[string]string) *driver {
	t.Helper()
	text, err := json.Marshal(argument)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", filepath.Join(peers.Folder(), "rest.cjs"), string(text))
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	d := &driver{t: t, in: in, out: bufio.NewScanner(out), err: &bytes.Buffer{}}
	cmd.Stderr = d.err
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return d
}

// says is the next line of the script.
func (d *driver) says() (v map[string]any) {
	d.t.Helper()
	if !d.out.Scan() || json.Unmarshal(d.out.Bytes(), &v) != nil {
		d.t.Fatalf("the client ended: %s", d.err)
	}
	return v
}

func (d *driver) goOn() {
	d.t.Helper()
	if _, err := io.WriteString(d.in, "\n"); err != nil {
		d.t.Fatal(err)
	}
}

// The document is found sound by a public linter with all of its recommended
// rules, and a client that a public generator makes of it goes the whole way: from
// signing in to a mail's transaction at a webhook.
func TestREST_documentAndGeneratedClient(t *testing.T) {
	t.Parallel()
	p := serve(t, "sqlite")
	v, r := signUp(t, p, "Rina Maharani", "rina@rumah.example"), newReceiver(t)
	file := document(t, p)
	dir := filepath.Dir(file)
	peerTool(t, dir, "redocly", "lint", "--max-problems=50", "openapi.json")
	peerTool(t, dir, "openapi-ts", "-i", "openapi.json", "-o", "gen", "--no-log-file")
	peerTool(t, dir, "tsc", "gen/index.ts", "--outDir", "out", "--module", "commonjs", "--target", "es2022", "--moduleResolution", "node10", "--lib", "es2023,dom,dom.iterable", "--strict")
	d := drive(t, map[string]string{"client": filepath.Join(dir, "out"), "base": p.url("/ctt/api/v1"), "email": v.email, "password": password, "code": v.app.code(t), "hook": r.URL + "/hook"})

	made := d.says()
	secret, _ := made["secret"].(string)
	delete(made, "secret")
	want := map[string]any{"agent": v.inbox, "twice": "idempotency_secret", "refused": "insufficient_scope", "targets": 1.0}
	if diff := cmp.Diff(want, made); diff != "" {
		t.Fatalf("(-want +got)\n%s", diff)
	}
	r.knows(t, secret)
	d.goOn()
	if diff := cmp.Diff(map[string]any{"taken": true}, d.says()); diff != "" {
		t.Fatalf("(-want +got)\n%s", diff)
	}
	pay := payment{from: v.email, name: v.name, at: time.Now().Add(-time.Hour), shop: "KOPI SENJA TEBET", account: "5271xxxx84", rupiah: 36000, reference: "2026112308443600123"}
	if err := p.send(v.email, v.inbox, pay.mail()); err != nil {
		t.Fatal(err)
	}
	d.goOn()
	got := d.says()
	want = map[string]any{"transactions": 1.0, "amount": "36000.00", "currency": "IDR", "merchant": "KOPI SENJA TEBET", "event": "captured"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(map[string]any{"out": 204.0, "after": "unauthorized"}, d.says()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if f := r.faults(); len(f) > 0 {
		t.Errorf("the receiver found: %v", f)
	}
}
