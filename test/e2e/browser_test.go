package e2e

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// axe finds what people with disabilities cannot use; see testdata/axe.
//
//go:embed testdata/axe/axe.min.js
var axe string

// tab is a real browser on the program, and what it complained of.
type tab struct {
	t     *testing.T
	p     *program
	ctx   context.Context
	lang  string
	shots string
	files string // where downloads go
	n     int

	mu    sync.Mutex
	wrong []string
}

// openTab starts Debian's Chromium, in a language, with nothing of its own to
// ask the network for.
func openTab(t *testing.T, p *program, lang string) *tab {
	t.Helper()
	b := &tab{t: t, p: p, lang: lang, files: t.TempDir(), shots: os.Getenv("AMANAH_SCREENSHOTS")}
	if b.shots == "" {
		b.shots = t.TempDir()
	}
	b.shots = filepath.Join(b.shots, lang)
	if err := os.MkdirAll(b.shots, 0o755); err != nil {
		t.Fatal(err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath("/usr/bin/chromium"), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1280, 900),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("lang", lang), chromedp.Flag("accept-lang", lang))
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	b.ctx, cancel = chromedp.NewContext(ctx, chromedp.WithListener(b.listen))
	t.Cleanup(func() { _ = chromedp.Cancel(b.ctx); cancel() })
	// The tab lives as long as the context of its first use.
	if err := chromedp.Do(b.ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	allow := browser.SetDownloadBehaviorParams{Behavior: "allow", DownloadPath: b.files}
	if _, err := chromedp.CallBrowser(b.ctx, browser.SetDownloadBehavior, allow); err != nil {
		t.Fatal(err)
	}
	return b
}

// listen notes errors of the page and requests to anyone else.
func (b *tab) listen(ev any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := ev.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type == "error" || e.Type == "warning" {
			b.wrong = append(b.wrong, fmt.Sprintf("console %s: %v", e.Type, e.Args))
		}
	case *runtime.EventExceptionThrown:
		b.wrong = append(b.wrong, "exception: "+e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		if e.Entry.Level == "error" || e.Entry.Level == "warning" {
			b.wrong = append(b.wrong, fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL))
		}
	case *network.EventRequestWillBeSent:
		if u, err := url.Parse(e.Request.URL); err != nil || u.Host != b.p.http && u.Scheme != "data" && u.Scheme != "blob" && u.Scheme != "about" {
			b.wrong = append(b.wrong, "a request to "+e.Request.URL)
		}
	}
}

func (b *tab) complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := b.wrong
	b.wrong = nil
	return out
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("step %d: %v\n%.1500s", b.n, err, b.textOr())
	}
}

// lead does what leads to another page and waits for it.
func (b *tab) lead(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	b.answered(false, steps...)
}

// refused presses the button of a form that is not in order: the same page comes
// back and says so.
func (b *tab) refused(action string) {
	b.t.Helper()
	b.answered(true, chromedp.Click(chromedp.CSS(fmt.Sprintf(`form[action$=%q] button[type=submit]`, action))))
	b.complaints() // Chromium itself reports the status as an error
}

func (b *tab) answered(refused bool, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	r, err := chromedp.RunResponse(ctx, steps...)
	if err != nil {
		b.t.Fatalf("step %d: no page: %v\n%.1500s", b.n, err, b.textOr())
	}
	if r.Status >= 400 != refused {
		b.t.Fatalf("step %d: %s answers %d\n%.1500s", b.n, r.URL, r.Status, b.textOr())
	}
}

func (b *tab) open(path string) {
	b.t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = b.p.url(path)
	}
	b.lead(chromedp.Navigate(path))
}

// click presses what leads to another page.
func (b *tab) click(css string) {
	b.t.Helper()
	b.lead(chromedp.Click(chromedp.CSS(css)))
}

// submit presses the button of the form to an address.
func (b *tab) submit(action string) {
	b.t.Helper()
	b.click(fmt.Sprintf(`form[action$=%q] button[type=submit]`, action))
}

func (b *tab) fill(name, text string) {
	b.t.Helper()
	b.do(chromedp.SendKeys(chromedp.CSS("#f-"+name), text))
}

func (b *tab) tick(name string) {
	b.t.Helper()
	b.do(chromedp.Click(chromedp.CSS("#f-" + name)))
}

func evaluate[T any](b *tab, script string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("step %d: %v", b.n, err)
	}
	return v
}

func (b *tab) text() string { b.t.Helper(); return evaluate[string](b, "document.body.innerText") }

func (b *tab) textOr() string {
	ctx, cancel := context.WithTimeout(b.ctx, 5*time.Second)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string]("location.href + '\\n' + document.body.innerText"))
	if err != nil {
		return err.Error()
	}
	return text
}

func (b *tab) code(name string) string {
	b.t.Helper()
	return evaluate[string](b, fmt.Sprintf("document.querySelector('#c-%s').textContent.trim()", name))
}

// until looks at the page that is open, without loading it anew.
func (b *tab) until(within time.Duration, what string) {
	b.t.Helper()
	eventually(b.t, within, "the page shows "+what, func() (bool, any) { text := b.text(); return strings.Contains(text, what), text })
}

var (
	bareKey = regexp.MustCompile(`\[\[|\b(capture|rights|identity|front|shell|ui|receipt|audit|erasure|error|consent|notice)\.[a-z_]+(\.[a-z_]+)*\b`)
	bareID  = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
)

// look examines the page that is open, as people see it on a telephone and on a
// desk: pictures, complaints of the browser, words, accessibility, width.
func (b *tab) look(name string) {
	b.t.Helper()
	b.n++
	for _, size := range [][2]int64{{390, 844}, {1280, 900}} {
		b.do(chromedp.EmulateViewport(size[0], size[1]))
		b.shoot(fmt.Sprintf("%02d-%s-%d.png", b.n, name, size[0]))
		if wide := evaluate[int64](b, "document.documentElement.scrollWidth"); wide > size[0] {
			b.t.Errorf("%s: the page is %d wide on a screen of %d", name, wide, size[0])
		}
		b.accessible(name, size[0])
	}
	text := b.text()
	if found := bareKey.FindString(text); found != "" {
		b.t.Errorf("%s: the page shows %q", name, found)
	}
	if found := bareID.FindString(text); found != "" && !strings.Contains(name, "receipt") && name != "target-fields" { // which shows what a receiver gets
		b.t.Errorf("%s: the page shows the id %s", name, found)
	}
	if lang := evaluate[string](b, "document.documentElement.lang"); lang != b.lang {
		b.t.Errorf("%s: the page is in %q", name, lang)
	}
	if wrong := b.complaints(); len(wrong) > 0 {
		b.t.Errorf("%s: the browser complains: %s", name, strings.Join(wrong, "\n"))
	}
}

func (b *tab) shoot(file string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(b.shots, file), png, 0o644)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// accessible asks axe for what breaks WCAG 2.2 AA.
func (b *tab) accessible(name string, width int64) {
	b.t.Helper()
	found := evaluate[string](b, axe+`;axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"]})
		.then(r => JSON.stringify(r.violations.map(v => ({id: v.id, help: v.help, at: v.nodes.slice(0, 3).map(n => n.html.slice(0, 200))}))))`)
	var violations []struct {
		ID, Help string
		At       []string
	}
	if err := json.Unmarshal([]byte(found), &violations); err != nil {
		b.t.Fatalf("axe: %v: %s", err, found)
	}
	for _, v := range violations {
		b.t.Errorf("%s at %d: axe: %s (%s): %s", name, width, v.ID, v.Help, strings.Join(v.At, " | "))
	}
}

// script runs in the page as if a person had done it.
func script(text string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Evaluate[any](text+";null")(ctx, t)
		return err
	})
}

// clickHidden presses a button wherever it is, also in a closed menu.
func clickHidden(css string) chromedp.Action[chromedp.Void] {
	return script(fmt.Sprintf("document.querySelector(%q).click()", css))
}

// reveal opens what an element is folded into.
func reveal(css string) chromedp.Action[chromedp.Void] {
	return script(fmt.Sprintf("document.querySelector(%q).closest('details')?.setAttribute('open', '')", css))
}
