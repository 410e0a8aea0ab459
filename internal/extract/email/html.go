package email

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Bounds of the text that is read for facts; what is beyond them is not a
// transaction mail.
const (
	maxSegs    = 2000
	maxSegText = 200 << 10
	maxSeg     = 8 << 10
)

// gap is what stood between two texts.
type gap int

const (
	none gap = iota
	line
	cell // the next cell of the same table row
	row
)

// walker turns HTML into segments: the texts of cells and lines in reading
// order, hidden ones left out.
type walker struct {
	segs   []seg
	text   strings.Builder
	gap    gap
	size   int
	hidden int      // depth inside hidden elements
	stack  []string // open elements since the first hidden one
	row    int
}

// readHTML reads a page. It never builds a tree, so that a broken or endless
// one costs no more than its length.
func readHTML(page string) []seg {
	w := &walker{}
	z := html.NewTokenizer(strings.NewReader(page))
	z.SetMaxBuf(1 << 20)
	for len(w.segs) < maxSegs && w.size < maxSegText {
		switch z.Next() {
		case html.ErrorToken:
			w.flush()
			return w.segs
		case html.TextToken:
			if w.hidden == 0 {
				w.write(string(z.Text()))
			}
		case html.StartTagToken:
			w.start(z, false)
		case html.SelfClosingTagToken:
			w.start(z, true)
		case html.EndTagToken:
			name, _ := z.TagName()
			w.end(string(name))
		}
	}
	w.flush()
	return w.segs
}

func (w *walker) start(z *html.Tokenizer, selfClosing bool) {
	name, hasAttr := z.TagName()
	tag := string(name)
	if tag == "body" {
		w.stack, w.hidden = nil, 0
	}
	hide := unseen(tag)
	for hasAttr && !hide {
		var k, v []byte
		k, v, hasAttr = z.TagAttr()
		hide = string(k) == "hidden" || string(k) == "class" && preheader(string(v)) || string(k) == "style" && hiddenStyle(string(v))
	}
	if !selfClosing && !void(tag) && (hide || w.hidden > 0) {
		w.stack = append(w.stack, tag)
		w.hidden = len(w.stack)
		return
	}
	w.pause(tag, false)
}

func (w *walker) end(tag string) {
	if w.hidden > 0 {
		for i := len(w.stack) - 1; i >= 0; i-- {
			if w.stack[i] == tag {
				w.stack = w.stack[:i]
				break
			}
		}
		// A row that ends closes whatever a sloppy page left open in it.
		if tag == "table" || tag == "body" {
			w.stack = nil
		}
		w.hidden = len(w.stack)
		return
	}
	w.pause(tag, true)
}

// pause notes how far the next text stands from the last.
func (w *walker) pause(tag string, end bool) {
	g := none
	switch atom.Lookup([]byte(tag)) {
	case atom.Tr, atom.Table, atom.Tbody, atom.Thead:
		g = row
	case atom.Td, atom.Th:
		if end {
			g = line
		} else {
			g = cell
		}
	case atom.P, atom.Div, atom.Br, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Li, atom.Ul, atom.Ol,
		atom.Blockquote, atom.Hr, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Center, atom.Dt, atom.Dd, atom.Dl, atom.Pre, atom.Title:
		g = line
	}
	if g == none {
		return
	}
	w.flush()
	w.gap = max(w.gap, g)
}

func (w *walker) write(s string) {
	w.size += len(s)
	w.text.WriteString(s)
}

func (w *walker) flush() {
	s := squeeze(w.text.String())
	w.text.Reset()
	if s == "" {
		return
	}
	if w.gap == row || len(w.segs) == 0 {
		w.row++
	}
	w.segs = append(w.segs, newSeg(s, w.gap == cell, w.row))
	w.gap = none
}

// preheader knows the class names under which style sheets hide the first line.
func preheader(class string) bool {
	c := lower(class)
	return strings.Contains(c, "preheader") || strings.Contains(c, "preview-text") || strings.Contains(c, "previewtext")
}

// unseen are elements whose text nobody reads.
func unseen(tag string) bool {
	switch tag {
	case "style", "script", "head", "template", "noscript", "svg", "select", "textarea", "iframe", "object", "title", "del", "s", "strike":
		return true
	}
	return false
}

func void(tag string) bool {
	switch tag {
	case "br", "img", "hr", "meta", "link", "input", "col", "area", "base", "wbr", "source", "embed":
		return true
	}
	return false
}

// hiddenStyle knows the ways in which mails hide a preheader.
func hiddenStyle(style string) bool {
	s := strings.ReplaceAll(lower(style), " ", "")
	if strings.Contains(s, "display:none") || strings.Contains(s, "visibility:hidden") || strings.Contains(s, "mso-hide:all") {
		return true
	}
	for _, zero := range []string{"font-size:0", "max-height:0", "opacity:0"} {
		if i := strings.Index(s, zero); i >= 0 {
			rest := strings.TrimPrefix(s[i+len(zero):], "px")
			if rest == "" || rest[0] == ';' || rest[0] == '!' {
				// A wrapper with font-size:0 against gaps is common and its
				// cells set their own size; only small things hide so.
				if zero != "font-size:0" || strings.Contains(s, "color:") || strings.Contains(s, "line-height:0") {
					return true
				}
			}
		}
	}
	return false
}
