package e2e

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// page is an answer as a browser without scripts sees it.
type page struct {
	t      testing.TB
	status int
	method string   // of the last request
	at     *url.URL // where it came from, after all redirects
	header http.Header
	body   []byte
	doc    *html.Node
}

func readPage(t testing.TB, r *http.Response) *page {
	t.Helper()
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatalf("%s: %v", r.Request.URL, err)
	}
	p := &page{t: t, status: r.StatusCode, method: r.Request.Method, at: r.Request.URL, header: r.Header, body: body}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") {
		if p.doc, err = html.Parse(bytes.NewReader(body)); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// want ends the test unless the page has the status.
func (p *page) want(status int) *page {
	p.t.Helper()
	if p.status != status {
		p.t.Fatalf("%s answers %d, want %d: %.600s", p.at, p.status, status, p.text())
	}
	return p
}

func (p *page) has(text string) bool { return strings.Contains(p.text(), text) }

// text is what is to be read on the page, with single spaces.
func (p *page) text() string {
	if p.doc == nil {
		return string(p.body)
	}
	var b strings.Builder
	for n := range p.doc.Descendants() {
		if n.Type == html.TextNode && (n.Parent == nil || n.Parent.Data != "script" && n.Parent.Data != "style") {
			b.WriteString(n.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// link is the address of the first link whose address contains part.
func (p *page) link(part string) string {
	p.t.Helper()
	for n := range p.doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == "a" && strings.Contains(attr(n, "href"), part) {
			return attr(n, "href")
		}
	}
	p.t.Fatalf("%s has no link with %q", p.at, part)
	return ""
}

// code is a text that the page offers for copying.
func (p *page) code(id string) string {
	p.t.Helper()
	for n := range p.doc.Descendants() {
		if n.Type == html.ElementNode && attr(n, "id") == "c-"+id {
			return strings.TrimSpace((&page{doc: n}).text())
		}
	}
	p.t.Fatalf("%s shows no %q", p.at, id)
	return ""
}

// form is what a form would send as it stands, and where to.
func (p *page) form(action string) (to string, values url.Values) {
	p.t.Helper()
	for n := range p.doc.Descendants() {
		if n.Type != html.ElementNode || n.Data != "form" || !strings.HasSuffix(attr(n, "action"), action) {
			continue
		}
		return attr(n, "action"), fields(n)
	}
	p.t.Fatalf("%s has no form to %q: %.600s", p.at, action, p.text())
	return "", nil
}

func fields(form *html.Node) url.Values {
	v := url.Values{}
	for n := range form.Descendants() {
		if n.Type != html.ElementNode || attr(n, "name") == "" {
			continue
		}
		switch n.Data {
		case "input":
			if kind := attr(n, "type"); (kind == "checkbox" || kind == "radio") && !hasAttr(n, "checked") {
				continue
			}
			v.Add(attr(n, "name"), attr(n, "value"))
		case "textarea":
			v.Set(attr(n, "name"), (&page{doc: n}).text())
		case "select":
			v.Set(attr(n, "name"), chosen(n))
		}
	}
	return v
}

func chosen(list *html.Node) string {
	first, any := "", false
	for n := range list.Descendants() {
		if n.Type == html.ElementNode && n.Data == "option" {
			if hasAttr(n, "selected") {
				return attr(n, "value")
			}
			if !any {
				first, any = attr(n, "value"), true
			}
		}
	}
	return first
}

func hasAttr(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}
