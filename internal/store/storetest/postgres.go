// Package storetest gives tests a real store on both engines: an encrypted
// SQLite file, and a database of a throw-away PostgreSQL cluster that the tests
// start themselves from Debian's package.
//
// It must never be imported by the program.
package storetest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"amanah/internal/clock"
)

// cluster is one PostgreSQL for all test binaries of a run: the first starts
// it, a lock file settles who, and it stops by itself some minutes after the
// last use (see watch).
var cluster = sync.OnceValues(startCluster)

// PostgresURL makes an empty database and gives its URL; it is dropped at the end.
func PostgresURL(t testing.TB) string {
	t.Helper()
	base, err := cluster()
	if err != nil {
		t.Fatalf("PostgreSQL for tests: %v (Debian: apt-get install postgresql)", err)
	}
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		t.Fatal(err)
	}
	name := "t_" + hex.EncodeToString(b[:])
	now := clock.System{}.Now()
	_ = os.Chtimes(filepath.Join(folder(), "used"), now, now) // no matter where someone else runs the cluster
	ctx := context.Background()
	c, err := pgx.Connect(ctx, base+"/postgres")
	if err != nil {
		t.Fatalf("PostgreSQL for tests: %v", err)
	}
	defer c.Close(ctx)
	if _, err := c.Exec(ctx, "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c, err := pgx.Connect(ctx, base+"/postgres")
		if err != nil {
			return
		}
		defer c.Close(ctx)
		_, _ = c.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
	})
	return base + "/" + name
}

func folder() string {
	return filepath.Join(os.TempDir(), "amanah-test-postgres-"+strconv.Itoa(os.Getuid()))
}

func startCluster() (string, error) {
	if url := os.Getenv("AMANAH_TEST_POSTGRES"); url != "" {
		return strings.TrimSuffix(url, "/"), nil
	}
	dir := folder()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return "", err
	}
	if url, ok := running(dir); ok {
		return url, nil
	}
	return initCluster(dir)
}

func running(dir string) (string, bool) {
	b, err := os.ReadFile(filepath.Join(dir, "url"))
	if err != nil {
		return "", false
	}
	ctx, stop := context.WithTimeout(context.Background(), 3*time.Second)
	defer stop()
	c, err := pgx.Connect(ctx, string(b)+"/postgres")
	if err != nil {
		return "", false
	}
	return string(b), c.Close(ctx) == nil
}

// initCluster makes a cluster with nothing durable in it and starts it.
func initCluster(dir string) (string, error) {
	bin, err := binFolder()
	if err != nil {
		return "", err
	}
	data := filepath.Join(dir, "data")
	_ = as(filepath.Join(bin, "pg_ctl"), "-D", data, "-m", "immediate", "stop").Run()
	if err := os.RemoveAll(data); err != nil {
		return "", err
	}
	if err := give(dir); err != nil {
		return "", err
	}
	if out, err := as(filepath.Join(bin, "initdb"), "--no-sync", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-D", data).CombinedOutput(); err != nil {
		return "", fmt.Errorf("initdb: %w: %s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	opts := fmt.Sprintf("-c port=%d -c listen_addresses=127.0.0.1 -c unix_socket_directories=%s -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300 -c shared_buffers=64MB", port, dir)
	if out, err := as(filepath.Join(bin, "pg_ctl"), "-D", data, "-w", "-o", opts, "-l", filepath.Join(dir, "log"), "start").CombinedOutput(); err != nil {
		return "", fmt.Errorf("pg_ctl: %w: %s", err, out)
	}
	url := fmt.Sprintf("postgres://postgres@127.0.0.1:%d", port)
	if err := os.WriteFile(filepath.Join(dir, "url"), []byte(url), 0o644); err != nil {
		return "", err
	}
	return url, watch(dir, bin, data)
}

// watch leaves a process behind that stops the cluster ten minutes after the
// last test asked for a database.
func watch(dir, bin, data string) error {
	used := filepath.Join(dir, "used")
	if err := os.WriteFile(used, nil, 0o644); err != nil {
		return err
	}
	cmd := as("sh", "-c", `while sleep 60; do [ -n "$(find "$1" -mmin -10)" ] || exec "$2/pg_ctl" -D "$3" -m immediate stop; done`, "sh", used, bin, data)
	return cmd.Start()
}

func binFolder() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		if p, err := exec.LookPath("initdb"); err == nil {
			return filepath.Dir(p), nil
		}
		return "", fmt.Errorf("initdb not found")
	}
	sort.Strings(found)
	return filepath.Dir(found[len(found)-1]), nil
}

// as runs a command as the user postgres when the tests run as root, because
// PostgreSQL refuses root.
func as(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = os.TempDir()
	if uid, gid, ok := postgresUser(); ok {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: gid}, Setsid: true}
	}
	return cmd
}

func postgresUser() (uid, gid uint32, ok bool) {
	if os.Getuid() != 0 {
		return 0, 0, false
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return 0, 0, false
	}
	a, _ := strconv.Atoi(u.Uid)
	b, _ := strconv.Atoi(u.Gid)
	return uint32(a), uint32(b), true
}

func give(dir string) error {
	uid, gid, ok := postgresUser()
	if !ok {
		return nil
	}
	return os.Chown(dir, int(uid), int(gid))
}
