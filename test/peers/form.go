package peers

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// form is the first form of a page that fits, as a browser would send it.
type form struct {
	action string
	values url.Values
}

// readForm takes the first form of a page. Where several stand side by side (a
// list of accounts), it takes the one that has all of fill's fields with a
// prepared value.
func readForm(t testing.TB, resp *http.Response, fill map[string]string) (form, string) {
	t.Helper()
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	var all []form
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "form" {
			all = append(all, fields(resp.Request.URL, n))
		}
	}
	if len(all) == 0 {
		return form{}, string(body)
	}
	fits := func(f form) bool {
		for name, value := range fill {
			if have := f.values.Get(name); f.values.Has(name) && have != "" && have != value {
				return false
			}
		}
		return true
	}
	i := max(0, slices.IndexFunc(all, fits))
	for name, value := range fill {
		if all[i].values.Has(name) {
			all[i].values.Set(name, value)
		}
	}
	return all[i], string(body)
}

func fields(at *url.URL, n *html.Node) form {
	f := form{action: at.String(), values: url.Values{}}
	if to, err := at.Parse(attr(n, "action")); err == nil {
		f.action = to.String()
	}
	for in := range n.Descendants() {
		if name := attr(in, "name"); name != "" && in.Type == html.ElementNode && (in.Data == "input" || in.Data == "button") {
			f.values.Set(name, attr(in, "value"))
		}
	}
	return f
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
