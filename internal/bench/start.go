package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// settled is how long the program idles before its memory is read.
const settled = 3 * time.Second

// start measures the program from outside: from exec until /readyz answers, and
// what it keeps resident when it has nothing to do.
func start(ctx context.Context, o Options, _ string) (*Result, error) {
	var first, second, bare time.Duration
	var resident float64
	for range min(o.Rounds, 3) {
		dir, err := os.MkdirTemp("", "amanah-bench-")
		if err != nil {
			return nil, err
		}
		took, rss, err := oneStart(ctx, o, dir)
		if err == nil {
			first, resident = least(first, took), max(resident, rss)
			took, rss, err = oneStart(ctx, o, dir)
			second, resident = least(second, took), max(resident, rss)
		}
		if err := errors.Join(err, os.RemoveAll(dir)); err != nil {
			return nil, err
		}
		began := o.Clock.Now()
		if err := exec.CommandContext(ctx, o.Executable, "--version").Run(); err != nil {
			return nil, err
		}
		bare = least(bare, o.Clock.Now().Sub(began))
	}
	r := &Result{Baseline: "the same program asked for its version only"}
	r.add("baseline", milliseconds(bare), "ms", 1)
	r.add("ready, new folder", milliseconds(first), "ms", float64(bare)/float64(first))
	r.add("ready, existing folder", milliseconds(second), "ms", float64(bare)/float64(second))
	r.add("resident, idle", resident, "MB", 0)
	r.goal("ready within 1 s", max(first, second).Seconds(), max(first, second) < time.Second)
	r.goal("less than 80 MB resident", resident, resident < 80)
	return r, nil
}

// oneStart starts the program in a folder, waits until it is ready, lets it idle,
// and ends it.
func oneStart(ctx context.Context, o Options, dir string) (took time.Duration, resident float64, err error) {
	web, err := freePort(ctx)
	if err != nil {
		return 0, 0, err
	}
	smtp, err := freePort(ctx)
	if err != nil {
		return 0, 0, err
	}
	cmd := exec.CommandContext(ctx, o.Executable, "serve", "--data", filepath.Join(dir, "data"), "--listen", web, "--smtp", smtp)
	cmd.Env = []string{"PATH=" + o.Getenv("PATH"), "HOME=" + dir}
	log := &strings.Builder{}
	cmd.Stderr = log
	began := o.Clock.Now()
	if err := cmd.Start(); err != nil {
		return 0, 0, err
	}
	defer func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	}()
	for !ready(ctx, "http://"+web+"/readyz") {
		if o.Clock.Now().Sub(began) > time.Minute {
			return 0, 0, errors.New("not ready after a minute")
		}
		time.Sleep(2 * time.Millisecond)
	}
	took = o.Clock.Now().Sub(began)
	time.Sleep(settled)
	resident, err = residentMB(cmd.Process.Pid)
	return took, resident, err
}

func ready(ctx context.Context, url string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	resp, err := client.Do(req)
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

func freePort(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// residentMB reads VmRSS as Linux tells it, in 10^6 bytes.
func residentMB(pid int) (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 64)
			return kb * 1024 / 1e6, err
		}
	}
	return 0, errors.New("the system does not tell VmRSS")
}
