package front

import (
	"bytes"
	"fmt"
	"strings"

	"golang.org/x/net/html"

	"amanah/internal/privacy/notice"
	"amanah/internal/web/asset"
	"amanah/internal/web/i18n"
)

// edition is one way in which a notice is published.
type edition struct {
	lang   i18n.Lang
	format string
}

// document is a published notice, ready to be sent.
type document struct {
	body []byte
	tag  string // strong entity tag, quoted
	// contents are the headings of an HTML edition that can be linked.
	contents []heading
	// ownTitle tells that an HTML edition brings its h1.
	ownTitle bool
}

type heading struct{ id, text string }

// publish renders a notice in every edition.
func publish(n *notice.Notice, render Renderer) (map[edition]document, error) {
	out := map[edition]document{}
	for _, l := range i18n.Langs() {
		for _, f := range formats {
			var b bytes.Buffer
			if err := render(n, string(l), f.name, &b); err != nil {
				return nil, fmt.Errorf("%s, %s, %s: %w", n.Service(), l, f.name, err)
			}
			d := document{body: b.Bytes(), tag: `"` + asset.Hash(b.Bytes()) + `"`}
			if f.name == asHTML {
				if err := d.outline(); err != nil {
					return nil, fmt.Errorf("%s, %s: %w", n.Service(), l, err)
				}
			}
			out[edition{l, f.name}] = d
		}
	}
	return out, nil
}

// outline reads the headings of a fragment. A fragment that navigates by itself
// (nav) needs no contents from here.
func (d *document) outline() error {
	root, err := html.Parse(bytes.NewReader(d.body))
	if err != nil {
		return err
	}
	navigates := false
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "nav":
			navigates = true
		case "h1":
			d.ownTitle = true
		case "h2":
			if h := (heading{idOf(n), words(n)}); h.id != "" && h.text != "" {
				d.contents = append(d.contents, h)
			}
		}
	}
	if navigates {
		d.contents = nil
	}
	return nil
}

func idOf(n *html.Node) string {
	for p := n; p != nil && (p == n || p.Data == "section"); p = p.Parent {
		for _, a := range p.Attr {
			if a.Key == "id" {
				return a.Val
			}
		}
	}
	return ""
}

func words(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return strings.TrimSpace(b.String())
}
