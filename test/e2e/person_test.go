package e2e

import (
	"io"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/http/cookiejar"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

const password = "hujan-sore-kopi-pahit-9"

// person is someone with a browser without scripts.
type person struct {
	t       testing.TB
	p       *program
	client  *http.Client
	lang    string
	agent   string // the browser's name
	name    string
	email   string
	company string // signs up for one, when set
	inbox   string // the agent address, when signed up
	event   string // the newest that the target got
	app     *authenticator
	halfway []*http.Cookie // see half
}

func visitor(t testing.TB, p *program) *person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &person{t: t, p: p, client: &http.Client{Jar: jar, Timeout: time.Minute}, lang: "id", agent: "e2e"}
}

// signUp makes an account by the pages and the letter, up to the agent address.
func signUp(t testing.TB, p *program, name, email string) *person {
	t.Helper()
	v := visitor(t, p)
	v.signUp(name, email)
	return v
}

func (v *person) signUp(name, email string) {
	v.t.Helper()
	v.name, v.email = name, email
	form := "/ctt/signup"
	if v.company != "" {
		form += "?kind=company"
	}
	sent := v.submit(v.get(form).want(200), "/ctt/signup", "company", v.company, "name", name, "email", email, "password", password, "age", "yes", "accept", "yes").want(200)
	if !strings.HasSuffix(sent.at.Path, "/signup/sent") {
		v.t.Fatalf("signing up leads to %s: %.600s", sent.at, sent.text())
	}
	link, err := url.Parse(verifyLink(v.t, v.p, email))
	if err != nil {
		v.t.Fatal(err)
	}
	v.secures(v.submit(v.get(link.RequestURI()).want(200), "/ctt/verify", "password", password).want(200))
	v.inbox = v.get("/ctt/app").want(200).code("address")
}

func (v *person) do(method, path string, form url.Values) (got *page) {
	v.t.Helper()
	// Who asks too fast is told to wait; a person would. What was taken and sent on
	// to a page is not sent again: only that page is asked for once more.
	eventually(v.t, 90*time.Second, method+" "+path+" is answered", func() (bool, any) {
		got = v.once(method, path, form)
		if got.status != http.StatusTooManyRequests {
			return true, nil
		}
		if method == http.MethodPost && got.method == http.MethodGet {
			method, path, form = http.MethodGet, got.at.RequestURI(), nil
		}
		return false, got.status
	})
	return got
}

func (v *person) once(method, path string, form url.Values) *page {
	v.t.Helper()
	req, err := http.NewRequest(method, v.p.url(path), strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	req.Header.Set("Accept-Language", v.lang)
	req.Header.Set("User-Agent", v.agent)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", v.p.url(""))
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	r, err := v.client.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	return readPage(v.t, r)
}

func (v *person) get(path string) *page {
	v.t.Helper()
	return v.do(http.MethodGet, path, nil)
}

// submit sends a page's form with some fields filled in: name, value, …
func (v *person) submit(on *page, action string, fill ...string) *page {
	v.t.Helper()
	to, values := on.form(action)
	for i := 0; i+1 < len(fill); i += 2 {
		values.Set(fill[i], fill[i+1])
	}
	return v.do(http.MethodPost, to, values)
}

var verifyURL = regexp.MustCompile(`http://\S+/verify\?token=\S+`)

// verifyLink is in the letter that the program wrote to an address.
func verifyLink(t testing.TB, p *program, email string) (link string) {
	t.Helper()
	eventually(t, 10*time.Second, "the letter to "+email, func() (bool, any) {
		for _, text := range letters(t, p, email) {
			if link = verifyURL.FindString(text); link != "" {
				return true, nil
			}
		}
		return false, "no letter with a link"
	})
	return link
}

// letters are the texts of all that went out to an address.
func letters(t testing.TB, p *program, email string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(p.dir, "outbox", "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		m, err := mail.ReadMessage(f)
		if err == nil && strings.Contains(m.Header.Get("To"), "<"+email+">") {
			out = append(out, plainPart(t, m))
		}
		f.Close()
	}
	return out
}

func plainPart(t testing.TB, m *mail.Message) string {
	t.Helper()
	_, boundary, _ := strings.Cut(m.Header.Get("Content-Type"), "boundary=")
	part, err := multipart.NewReader(m.Body, strings.Trim(boundary, `" `)).NextRawPart()
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(quotedprintable.NewReader(part))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
