package e2e

import (
	"bytes"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"amanah/internal/store/storetest"
)

// program is a data folder or database with the program running on it; it can
// be killed and started again, at the same addresses.
type program struct {
	t        testing.TB
	dir      string // the data folder
	database string // PostgreSQL's URL; empty with SQLite
	http     string // host:port
	smtp     string
	config   string
	log      lines

	mu  sync.Mutex
	cmd *exec.Cmd
}

// serve starts the program on an empty store, with further lines of
// configuration; it is ended with the test.
func serve(t testing.TB, engine string, further ...string) *program {
	t.Helper()
	p := &program{t: t, dir: filepath.Join(t.TempDir(), "data"), http: freeAddress(t), smtp: freeAddress(t)}
	if engine == "postgres" {
		p.database = storetest.PostgresURL(t)
	}
	p.config = filepath.Join(t.TempDir(), "amanah.yaml")
	if err := os.WriteFile(p.config, []byte("services: [ctt]\nlog: {level: debug}\negress: {allow_loopback: true}\n"+strings.Join(further, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("the program's last words:\n%s", p.log.tail(4000))
		}
	})
	p.decide()
	p.start()
	return p
}

// decide registers the impact assessment of CTT, which comes with its notice:
// without an officer's decision no mail is read.
func (p *program) decide() {
	p.t.Helper()
	day := func(years int) string {
		return time.Now().AddDate(years, 0, 0).UTC().AddDate(0, 0, -1).Format(time.DateOnly)
	}
	cmd := exec.Command(binary, "papers", "file", "assessment", "--config", p.config, "--data", p.dir, "--signed", day(0), "--review", day(1))
	cmd.Env = append(os.Environ(), "AMANAH_DATABASE="+p.database)
	if out, err := cmd.CombinedOutput(); err != nil {
		p.t.Fatalf("papers file: %v\n%s", err, out)
	}
}

func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// start runs the program and waits until it is ready.
func (p *program) start() {
	p.t.Helper()
	p.mu.Lock()
	cmd := exec.Command(binary, "serve", "--config", p.config, "--data", p.dir, "--listen", p.http, "--smtp", p.smtp)
	cmd.Env = append(os.Environ(), "AMANAH_DATABASE="+p.database)
	cmd.Stdout, cmd.Stderr = &p.log, &p.log
	err := cmd.Start()
	p.cmd = cmd
	p.mu.Unlock()
	if err != nil {
		p.t.Fatal(err)
	}
	eventually(p.t, 30*time.Second, "the program is ready", func() (bool, any) {
		r, err := http.Get(p.url("/readyz"))
		if err != nil {
			return false, err
		}
		r.Body.Close()
		return r.StatusCode == http.StatusOK, r.Status
	})
}

// kill ends the process as a power cut would: it gets to do nothing more.
func (p *program) kill() { p.end(syscall.SIGKILL) }

// stop ends it as an operator does.
func (p *program) stop() { p.end(syscall.SIGTERM) }

func (p *program) end(how syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil || p.cmd.Process == nil {
		return
	}
	_ = p.cmd.Process.Signal(how)
	_ = p.cmd.Wait()
	p.cmd = nil
}

func (p *program) url(path string) string { return "http://" + p.http + path }

// lines is all that the program wrote.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *lines) all() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Clone(l.b.Bytes())
}

func (l *lines) tail(n int) string {
	b := l.all()
	return string(b[max(0, len(b)-n):])
}
