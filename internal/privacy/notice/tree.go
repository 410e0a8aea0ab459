package notice

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Pos is a place in a file, both numbers from 1.
type Pos struct{ Line, Col int }

// maxSource and maxDepth bound what a notice may cost before it is read.
const (
	maxSource = 256 << 10
	maxLine   = 4000
	maxDepth  = 16
)

// node is a YAML value with its place. One of Scalar (string, bool, int64,
// float64, nil), Items or Fields is used, by Kind.
type node struct {
	Pos
	Kind   shape
	Scalar any
	Items  []*node
	Fields []field
}

type shape int

const (
	scalar shape = iota
	list
	mapping
)

type field struct {
	Key   string
	At    Pos
	Value *node
}

// get is the value under a key, nil where there is none.
func (n *node) get(key string) *node {
	if n == nil {
		return nil
	}
	for i := range n.Fields {
		if n.Fields[i].Key == key {
			return n.Fields[i].Value
		}
	}
	return nil
}

// keyPos is the place of a key; the node's own place where the key is missing.
func (n *node) keyPos(key string) Pos {
	if n == nil {
		return Pos{1, 1}
	}
	for i := range n.Fields {
		if n.Fields[i].Key == key {
			return n.Fields[i].At
		}
	}
	return n.Pos
}

// at walks down a path of keys and list indexes and gives the last place that
// exists: the key's for a mapping, the item's for a list.
func (n *node) at(path ...string) Pos {
	pos := Pos{1, 1}
	if n != nil {
		pos = n.Pos
	}
	for _, p := range path {
		if n == nil {
			break
		}
		switch n.Kind {
		case mapping:
			if n.get(p) == nil {
				return pos
			}
			pos, n = n.keyPos(p), n.get(p)
		case list:
			i, err := strconv.Atoi(p)
			if err != nil || i < 0 || i >= len(n.Items) {
				return pos
			}
			n = n.Items[i]
			pos = n.Pos
		default:
			return pos
		}
	}
	return pos
}

// plain is the value without places, as encoding/json would give it.
func (n *node) plain() any {
	switch n.Kind {
	case list:
		out := make([]any, len(n.Items))
		for i, it := range n.Items {
			out[i] = it.plain()
		}
		return out
	case mapping:
		out := make(map[string]any, len(n.Fields))
		for _, f := range n.Fields {
			out[f.Key] = f.Value.plain()
		}
		return out
	}
	return n.Scalar
}

// parseTree reads one YAML document. Anchors, aliases, tags and merges are
// refused: a notice means what stands on the line.
func parseTree(file string, src []byte) (root *node, findings []Finding) {
	fail := func(p Pos, code, msg, mend string) []Finding {
		return []Finding{{File: file, Line: max(p.Line, 1), Col: max(p.Col, 1), Code: code, Message: msg, Mend: mend}}
	}
	if len(src) > maxSource {
		return nil, fail(Pos{}, "too-large", fmt.Sprintf("the file has %d bytes", len(src)), "keep a notice under 256 KiB")
	}
	if p, deep := tooDeep(src); deep {
		return nil, fail(p, "yaml", "the file is nested too deeply or has a line of more than 4,000 bytes", "a notice needs neither: break the line")
	}
	// The parser is outside code: whatever it does with a broken file, the
	// caller gets a finding.
	defer func() {
		if r := recover(); r != nil {
			root, findings = nil, fail(Pos{}, "yaml", "the file cannot be read as YAML", "compare it with notices/ctt.yaml")
		}
	}()
	f, err := parser.ParseBytes(src, 0)
	if err != nil {
		p, msg := yamlError(err)
		return nil, fail(p, "yaml", msg, "mend the YAML on this line: spaces for indentation, a space after each colon, quotes around text with a colon")
	}
	if len(f.Docs) == 0 || f.Docs[0].Body == nil {
		return nil, fail(Pos{}, "empty", "the file is empty", "write a notice; notices/ctt.yaml is an example")
	}
	if len(f.Docs) > 1 {
		return nil, fail(posOf(f.Docs[1].Start), "yaml", "the file has a second document", "one file, one service: take the --- out")
	}
	b := builder{file: file}
	root = b.build(f.Docs[0].Body, 0)
	if len(b.findings) > 0 {
		return nil, b.findings
	}
	return root, nil
}

// tooDeep looks for what would make the parser recurse without end, before the
// parser sees it.
func tooDeep(src []byte) (Pos, bool) {
	line, start, depth := 1, 0, 0
	for i, c := range src {
		switch c {
		case '\n':
			line, start = line+1, i+1
		case '[', '{':
			depth++
		case ']', '}':
			depth = max(depth-1, 0)
		}
		if depth > 4*maxDepth || i-start > maxLine {
			return Pos{line, i - start + 1}, true
		}
	}
	return Pos{}, false
}

// yamlError takes the place and the sentence out of the parser's errors, all of
// which carry a token.
func yamlError(err error) (Pos, string) {
	var located interface {
		error
		GetToken() *token.Token
		GetMessage() string
	}
	if errors.As(err, &located) {
		return posOf(located.GetToken()), located.GetMessage()
	}
	line, _, _ := strings.Cut(err.Error(), "\n")
	return Pos{}, line
}

func posOf(t *token.Token) Pos {
	if t == nil || t.Position == nil {
		return Pos{1, 1}
	}
	return Pos{max(t.Position.Line, 1), max(t.Position.Column, 1)}
}

// builder turns the parser's tree into nodes and collects what is refused.
type builder struct {
	file     string
	findings []Finding
}

func (b *builder) refuse(p Pos, msg, mend string) *node {
	b.findings = append(b.findings, Finding{File: b.file, Line: p.Line, Col: p.Col, Code: "yaml", Message: msg, Mend: mend})
	return &node{Pos: p}
}

func (b *builder) build(a ast.Node, depth int) *node {
	if a == nil {
		return &node{Pos: Pos{1, 1}}
	}
	p := posOf(a.GetToken())
	if depth > maxDepth {
		return b.refuse(p, "the file is nested too deeply", "a notice never needs more than six levels")
	}
	switch v := a.(type) {
	case *ast.MappingNode:
		return b.mapping(p, v.Values, depth)
	case *ast.MappingValueNode:
		return b.mapping(p, []*ast.MappingValueNode{v}, depth)
	case *ast.SequenceNode:
		n := &node{Pos: p, Kind: list}
		for _, it := range v.Values {
			n.Items = append(n.Items, b.build(it, depth+1))
		}
		return n
	case *ast.StringNode:
		return &node{Pos: p, Scalar: v.Value}
	case *ast.LiteralNode:
		return &node{Pos: p, Scalar: strings.TrimSpace(v.Value.Value)}
	case *ast.IntegerNode:
		return b.integer(p, v)
	case *ast.FloatNode:
		return &node{Pos: p, Scalar: v.Value}
	case *ast.BoolNode:
		return &node{Pos: p, Scalar: v.Value}
	case *ast.NullNode:
		return &node{Pos: p}
	}
	return b.refuse(p, "anchors, aliases, tags and merges are not allowed here", "write the value out on the line itself")
}

func (b *builder) integer(p Pos, v *ast.IntegerNode) *node {
	switch i := v.Value.(type) {
	case int64:
		return &node{Pos: p, Scalar: i}
	case uint64:
		if i <= 1<<53 {
			return &node{Pos: p, Scalar: int64(i)}
		}
	}
	return b.refuse(p, "this number is out of range", "numbers here are ages, counts and the like")
}

func (b *builder) mapping(p Pos, values []*ast.MappingValueNode, depth int) *node {
	n := &node{Pos: p, Kind: mapping}
	for _, mv := range values {
		kp := posOf(mv.Key.GetToken())
		if n.Pos.Line == p.Line && len(n.Fields) == 0 {
			n.Pos = kp
		}
		if mv.Key.IsMergeKey() {
			b.refuse(kp, "anchors, aliases, tags and merges are not allowed here", "write the value out on the line itself")
			continue
		}
		key := mv.Key.GetToken().Value
		if n.get(key) != nil {
			b.refuse(kp, fmt.Sprintf("%q stands here twice", key), "keep one of them")
			continue
		}
		n.Fields = append(n.Fields, field{Key: key, At: kp, Value: b.build(mv.Value, depth+1)})
	}
	return n
}
