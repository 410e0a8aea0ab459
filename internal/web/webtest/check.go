package webtest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// Check fails the test for everything that Findings finds in a page.
func Check(t testing.TB, page string) {
	t.Helper()
	for _, f := range Findings(page) {
		t.Error(f)
	}
}

// Findings reads a page and says what no page may have: ids that stand twice,
// inputs, pictures, buttons and links without a name, references to ids that are
// not there, inline style or script, a missing language, title or h1, levels of
// headings left out, forms that change something by GET, sentences that are
// missing from the catalogue, addresses that the templates refused.
func Findings(page string) []string {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return []string{err.Error()}
	}
	c := &checker{ids: map[string]int{}, labelled: map[string]bool{}}
	walk(root, c.collect)
	walk(root, c.element)
	c.document(page)
	return c.found
}

type checker struct {
	ids      map[string]int
	labelled map[string]bool // ids that a label names
	headings []int
	lang     string
	title    bool
	found    []string
}

func walk(n *html.Node, visit func(*html.Node)) {
	visit(n)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, visit)
	}
}

func (c *checker) say(format string, args ...any) {
	c.found = append(c.found, fmt.Sprintf(format, args...))
}

func (c *checker) collect(n *html.Node) {
	if n.Type != html.ElementNode {
		return
	}
	if v := attr(n, "id"); v != "" {
		c.ids[v]++
		if c.ids[v] == 2 {
			c.say("the id %q stands twice", v)
		}
	}
	if n.Data == "label" {
		c.labelled[attr(n, "for")] = true
	}
}

func (c *checker) element(n *html.Node) {
	if n.Type != html.ElementNode {
		return
	}
	for _, a := range n.Attr {
		switch {
		case a.Key == "style":
			c.say("<%s> has an inline style", n.Data)
		case strings.HasPrefix(a.Key, "on"):
			c.say("<%s> has an inline script in %s", n.Data, a.Key)
		case slices.Contains([]string{"aria-labelledby", "aria-describedby", "for", "aria-controls"}, a.Key):
			for ref := range strings.FieldsSeq(a.Val) {
				if c.ids[ref] == 0 {
					c.say("<%s %s> names the id %q, which is not there", n.Data, a.Key, ref)
				}
			}
		case a.Key == "href" && strings.HasPrefix(a.Val, "#") && c.ids[a.Val[1:]] == 0:
			c.say("a link leads to %q, which is not in the page", a.Val)
		case strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:"):
			c.say("<%s %s> holds a script", n.Data, a.Key)
		}
	}
	c.kind(n)
}

func (c *checker) kind(n *html.Node) {
	switch n.Data {
	case "html":
		c.lang = attr(n, "lang")
	case "title":
		c.title = c.title || text(n) != ""
	case "style":
		c.say("there is an inline <style>")
	case "script":
		if attr(n, "src") == "" {
			c.say("there is an inline <script>")
		}
	case "h1", "h2", "h3", "h4", "h5", "h6":
		c.headings = append(c.headings, int(n.Data[1]-'0'))
	case "input", "select", "textarea":
		c.input(n)
	case "img":
		if !has(n, "alt") {
			c.say("a picture has no alt: %s", attr(n, "src"))
		}
	case "a", "button", "summary", "th", "caption", "legend", "label":
		if name(n) == "" {
			c.say("<%s> has no words", n.Data)
		}
	case "form":
		if m := strings.ToLower(attr(n, "method")); m == "post" && attr(n, "action") == "" {
			c.say("a form that posts has no action")
		}
	}
}

func (c *checker) input(n *html.Node) {
	switch attr(n, "type") {
	case "hidden", "submit", "button", "reset":
		return
	}
	if c.labelled[attr(n, "id")] && attr(n, "id") != "" || attr(n, "aria-label") != "" || attr(n, "aria-labelledby") != "" {
		return
	}
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Data == "label" {
			return
		}
	}
	c.say("<%s name=%q> has no label", n.Data, attr(n, "name"))
}

// document checks what concerns the page as a whole. A component alone, which
// the parser wraps, is not asked for a language, a title and an h1.
func (c *checker) document(page string) {
	if i := strings.Index(page, "⟦"); i >= 0 {
		c.say("a sentence is missing: %.60s", page[i:])
	}
	if strings.Contains(page, "TemplFailedSanitizationURL") {
		c.say("an address was refused by the templates")
	}
	last := 0
	for _, h := range c.headings {
		if last > 0 && h > last+1 {
			c.say("a heading of level %d follows one of level %d", h, last)
		}
		last = h
	}
	if !strings.HasPrefix(strings.ToLower(strings.TrimSpace(page)), "<!doctype html>") {
		return
	}
	if c.lang != "id" && c.lang != "en" {
		c.say("the page does not say its language")
	}
	if !c.title {
		c.say("the page has no title")
	}
	if n := count(c.headings, 1); n != 1 {
		c.say("the page has %d headings of level 1, want 1", n)
	}
}

func count(list []int, v int) int {
	n := 0
	for _, x := range list {
		if x == v {
			n++
		}
	}
	return n
}

// name is what a screen reader says of an element.
func name(n *html.Node) string {
	if v := attr(n, "aria-label") + attr(n, "aria-labelledby") + attr(n, "title"); v != "" {
		return v
	}
	return text(n)
}

func text(n *html.Node) string {
	var b strings.Builder
	walk(n, func(c *html.Node) {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
		if c.Type == html.ElementNode && c.Data == "img" {
			b.WriteString(attr(c, "alt"))
		}
	})
	return strings.TrimSpace(b.String())
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}
