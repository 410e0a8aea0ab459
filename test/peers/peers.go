// Package peers starts servers of other hands that the tests speak with: the
// strict OpenID provider, the Google and the Telegram of package.json beside this
// file. They
// listen on this machine alone and end with the test.
package peers

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Folder is where package.json and the peers lie.
func Folder() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(file)
}

// Start runs a script of this folder with one argument as JSON, and gives what it
// prints first: its address.
func Start(t testing.TB, script string, argument any) string {
	t.Helper()
	if _, err := os.Stat(filepath.Join(Folder(), "node_modules")); err != nil {
		t.Fatal("the peers are not installed: run tools/setup.sh test")
	}
	text, err := json.Marshal(argument)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", script, string(text))
	cmd.Dir = Folder()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	lines := make(chan string, 1)
	go func() {
		for s := bufio.NewScanner(out); s.Scan(); {
			select {
			case lines <- s.Text():
			default: // only the first line is the address
			}
		}
		close(lines)
	}()
	select {
	case line, ok := <-lines:
		if ok && strings.HasPrefix(line, "http://") {
			return line
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		t.Fatalf("%s said %q and %s", script, line, said.String())
	case <-time.After(time.Minute):
		t.Fatalf("%s did not start within a minute", script)
	}
	return ""
}

// Client is the program that asks a provider to say who somebody is.
type Client struct {
	ID        string   `json:"id"`
	Secret    string   `json:"secret"`
	Redirects []string `json:"redirects"`
}

// OIDC starts the strict provider. people are claims by subject; its pages are at
// /auth and /token, its keys at /jwks.
func OIDC(t testing.TB, c Client, people map[string]map[string]any) string {
	t.Helper()
	return Start(t, "oidc.mjs", map[string]any{"client": c, "people": people})
}

// Google starts the Google of emulate, whose paths are Google's own but for the
// page of agreement at /o/oauth2/v2/auth of the same host.
func Google(t testing.TB, c Client, people ...map[string]any) string {
	t.Helper()
	return Start(t, "google.mjs", map[string]any{
		"users":         people,
		"oauth_clients": []map[string]any{{"client_id": c.ID, "client_secret": c.Secret, "redirect_uris": c.Redirects}},
	})
}

// Telegram starts the Telegram of telegram-test-api: the Bot API, and beside it
// what a person does, as JSON to /sendMessage, /sendCommand, /sendCallback and
// /getUpdates. It knows no files, groups, edits by people or secrets of webhooks.
func Telegram(t testing.TB) string {
	t.Helper()
	return Start(t, "telegram.mjs", struct{}{})
}

// Models starts the OpenAI and the Anthropic of aimock, which give one answer to
// every question. What they were asked is at /__aimock/journal.
func Models(t testing.TB, answer string) string {
	t.Helper()
	return Start(t, "models.mjs", map[string]string{"answer": answer})
}

// Browser walks through a peer's pages: it keeps cookies, follows redirects, and
// stops in front of the address that the peer sends people back to.
type Browser struct {
	t    testing.TB
	http *http.Client
	back string
}

// NewBrowser makes one that stops at addresses that begin with back.
func NewBrowser(t testing.TB, back string) *Browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &Browser{t: t, back: back}
	b.http = &http.Client{Jar: jar, Timeout: 30 * time.Second, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), back) {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	return b
}

// Walk opens an address, fills in every form that comes (with values by the
// field's name; what is not given keeps what the page has) and gives the address
// that it was sent back to.
func (b *Browser) Walk(start string, fill map[string]string) *url.URL {
	b.t.Helper()
	resp, err := b.http.Get(start)
	for range 10 {
		if err != nil {
			b.t.Fatal(err)
		}
		if to := resp.Header.Get("Location"); strings.HasPrefix(to, b.back) {
			_ = resp.Body.Close()
			u, err := url.Parse(to)
			if err != nil {
				b.t.Fatal(err)
			}
			return u
		}
		f, body := readForm(b.t, resp, fill)
		if f.action == "" {
			b.t.Fatalf("%s answers %d and has no form: %s", resp.Request.URL, resp.StatusCode, body)
		}
		resp, err = b.http.PostForm(f.action, f.values)
	}
	b.t.Fatal("the peer's pages lead nowhere")
	return nil
}
