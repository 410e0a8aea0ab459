package e2e

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// route is a page of the program that only some may see.
type route struct {
	method, path string
	of           string // what the {id} in it names, as far as the owner has one
}

// closed are all routes behind a session, from the list that the program's own
// test holds against what it has (internal/app).
func closed(t *testing.T) (out []route) {
	t.Helper()
	list, err := os.ReadFile(filepath.Join("..", "..", "internal", "app", "testdata", "closed.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(list)) {
		method, path, _ := strings.Cut(strings.TrimSpace(line), " ")
		r := route{method: method, path: path}
		for part, of := range map[string]string{"transactions": "transaction", "accounts": "account", "targets": "target", "deliveries": "delivery", "messages": "message"} {
			if strings.HasPrefix(path, "/ctt/app/"+part+"/{id}") {
				r.of = of
			}
		}
		out = append(out, r)
	}
	if len(out) < 100 {
		t.Fatalf("the list has %d routes", len(out))
	}
	return out
}

// Whoever is nobody here sees nothing, on every route; who belongs elsewhere sees
// their own and nothing else; no other site can act for someone.
func TestStrangers(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, engine string) {
		p := serve(t, engine)
		ra, rb := newReceiver(t), newReceiver(t)
		ma, mb := markers("Anggrek", ra.URL), markers("Bakung", rb.URL)
		owner, other := visitor(t, p), visitor(t, p)
		owner.live(ma, ra)
		other.live(mb, rb)
		// What is no transaction can be read again, by its own button.
		if err := p.send("dewi@rumah.example", owner.inbox, []byte("From: dewi@rumah.example\r\nSubject: halo\r\n\r\nSampai besok.\r\n")); err != nil {
			t.Fatal(err)
		}
		ids := owner.ids()
		before := owner.get("/ctt/app/transactions.csv").want(200).body
		for _, r := range closed(t) {
			key := ids[r.of]
			if r.of == "" {
				key = ids["transaction"]
			}
			if key == "" {
				t.Fatalf("no id of a %s", r.of)
			}
			path := strings.NewReplacer("{id}", key, "{act}", "remove", "{by}", "xendit").Replace(r.path)
			p.refusesStrangers(t, owner, r.method, path, ma)
			if strings.Contains(r.path, "{") {
				got := other.do(r.method, path, fullForm())
				if got.status != http.StatusNotFound {
					t.Errorf("%s %s gives %d to another workspace's owner, want not found", r.method, path, got.status)
				}
			} else if r.method == http.MethodGet {
				got := other.get(path)
				if found := ma.in(got.body); len(found) > 0 {
					t.Errorf("%s shows another workspace's %v", path, found)
				}
			}
		}
		if after := owner.get("/ctt/app/transactions.csv").want(200).body; !bytes.Equal(before, after) {
			t.Error("somebody changed the owner's transactions")
		}
		if got := owner.get("/ctt/app/targets/" + ids["target"]); got.status != 200 || !got.has(ma["target address"]) {
			t.Error("somebody changed the owner's target")
		}
	})
}

func fullForm() url.Values {
	return url.Values{"revision": {"0"}, "amount": {"1"}, "currency": {"IDR"}, "direction": {"out"}, "category": {"other"}, "at": {"2026-11-22T12:31"}, "understood": {"yes"}, "confirm": {password}}
}

// ids are some of the person's own, from the pages.
func (v *person) ids() map[string]string {
	v.t.Helper()
	id := regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
	first := func(path, part string) string { return id.FindString(v.get(path).want(200).link(part)) }
	out := map[string]string{"transaction": first("/ctt/app/transactions", "/app/transactions/"), "account": first("/ctt/app/accounts", "/app/accounts/"), "target": first("/ctt/app/targets", "/app/targets/0")}
	eventually(v.t, 10*time.Second, "a message that can be read again", func() (bool, any) {
		messages := v.get("/ctt/app/messages").want(200)
		out["message"] = id.FindString(regexp.MustCompile(`/app/messages/[0-9a-f-]+/`).FindString(string(messages.body)))
		return out["message"] != "", messages.text()
	})
	// A delivery's id is the event's, which the target got.
	out["delivery"] = v.event
	return out
}

// refusesStrangers asks without a session, with a broken one, and from another
// site with the owner's own.
func (p *program) refusesStrangers(t *testing.T, owner *person, method, path string, secret planted) {
	t.Helper()
	cookies := owner.client.Jar.Cookies(&url.URL{Scheme: "http", Host: p.http, Path: path})
	if len(cookies) == 0 {
		t.Fatal("the owner has no cookie")
	}
	strange := map[string]func(*http.Request){
		"without a cookie": func(*http.Request) {},
		"with a cookie of nothing": func(r *http.Request) {
			for _, c := range cookies {
				r.AddCookie(&http.Cookie{Name: c.Name, Value: ""})
			}
		},
		"with a cookie that is almost the owner's": func(r *http.Request) {
			for _, c := range cookies {
				v := []byte(c.Value)
				slices.Reverse(v)
				r.AddCookie(&http.Cookie{Name: c.Name, Value: string(v)})
			}
		},
		"with a huge cookie": func(r *http.Request) {
			for _, c := range cookies {
				r.AddCookie(&http.Cookie{Name: c.Name, Value: strings.Repeat("A", 30_000)})
			}
		},
	}
	half := owner.half()
	strange["with a session that lacks its second step"] = func(r *http.Request) {
		for _, c := range half {
			r.AddCookie(c)
		}
	}
	if method == http.MethodPost {
		strange["from another site"] = func(r *http.Request) {
			for _, c := range cookies {
				r.AddCookie(c)
			}
			r.Header.Set("Origin", "https://jahat.example")
			r.Header.Set("Sec-Fetch-Site", "cross-site")
		}
		strange["from an old browser on another site"] = func(r *http.Request) {
			for _, c := range cookies {
				r.AddCookie(c)
			}
			r.Header.Set("Origin", "https://jahat.example")
		}
	}
	for who, as := range strange {
		got := p.as(t, method, path, as)
		signin := got.status == http.StatusSeeOther && strings.HasPrefix(got.header.Get("Location"), "/ctt/signin")
		none := got.status == http.StatusNotFound && !strings.Contains(who, "another site") // a part that is not switched on here
		if !signin && !none && got.status != http.StatusForbidden && got.status != http.StatusUnauthorized {
			t.Errorf("%s %s %s gives %d %s", method, path, who, got.status, got.header.Get("Location"))
		}
		found := secret.in(got.body)
		if strings.Contains(who, "another site") { // the owner's own browser is asked, whose pages bear the name
			found = slices.DeleteFunc(found, func(what string) bool { return what == "name" })
		}
		if len(found) > 0 {
			t.Errorf("%s %s %s shows the %v", method, path, who, found)
		}
	}
}

// as asks once more while too much was asked.
func (p *program) as(t *testing.T, method, path string, who func(*http.Request)) (got *page) {
	t.Helper()
	eventually(t, 30*time.Second, method+" "+path+" is answered", func() (bool, any) {
		req, err := http.NewRequest(method, p.url(path), strings.NewReader(fullForm().Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		who(req)
		r, err := (&http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
		if err != nil {
			t.Fatalf("%s %s: %v", method, path, err)
		}
		got = readPage(t, r)
		return got.status != http.StatusTooManyRequests, got.status
	})
	return got
}

// Bodies and heads without end are cut off, and the program lives on.
func TestStrangers_hugeInput(t *testing.T) {
	t.Parallel()
	p := serve(t, "sqlite")
	for path, kind := range map[string]string{"/ctt/signin": "application/x-www-form-urlencoded", "/ctt/signup": "multipart/form-data; boundary=x", "/ctt/verify": "application/x-www-form-urlencoded"} {
		body := io.MultiReader(strings.NewReader("email="), io.LimitReader(endless{}, 200<<20))
		r, err := http.Post(p.url(path), kind, body)
		if err == nil {
			if got := readPage(t, r); got.status < 400 {
				t.Errorf("200 MB to %s give %d", path, got.status)
			}
		}
	}
	c, err := net.Dial("tcp", p.http)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\nX-Long: ")
	_, _ = io.Copy(c, io.LimitReader(endless{}, 10<<20))
	answer, _ := io.ReadAll(c)
	if bytes.Contains(answer, []byte(" 200 ")) {
		t.Errorf("a head of 10 MB gives %.100s", answer)
	}
	visitor(t, p).get("/ctt/").want(200)
}

type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'a'
	}
	return len(b), nil
}
