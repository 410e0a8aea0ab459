package email

import (
	"bytes"
	"mime"
	"strings"

	"amanah/internal/fault"
)

// Limits of one mail. Beyond them it is refused, before it costs memory.
const (
	maxRaw     = 64 << 20 // bytes of the file
	maxParts   = 200
	maxDepth   = 20
	maxText    = 10 << 20 // decoded bytes of all text parts
	maxHeader  = 512 << 10
	maxHeaders = 2000
)

// message is one mail, opened: its header, the text to read, mails attached.
type message struct {
	head     header
	plain    string
	html     string
	attached []*message
}

// opener counts what a mail costs while it is taken apart.
type opener struct {
	parts int
	text  int
}

// open takes a raw mail apart. It never opens an archive and never decodes a
// part that is not text or a mail.
func open(raw []byte) (*message, error) {
	const op = "email.open"
	if len(raw) > maxRaw {
		return nil, fault.New(fault.TooLarge, op, "mail.too_large").With("limit_mib", maxRaw>>20)
	}
	o := &opener{}
	m, err := o.message(raw, 0)
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, fault.New(fault.Invalid, op, "mail.not_a_mail")
	}
	return m, nil
}

// message opens a whole mail; nil when it has no header at all.
func (o *opener) message(raw []byte, depth int) (*message, error) {
	head, body := readHeader(raw)
	if len(head) == 0 {
		return nil, nil
	}
	m := &message{head: head}
	return m, o.part(m, head, body, depth)
}

// part reads one part into m.
func (o *opener) part(m *message, head header, body []byte, depth int) error {
	const op = "email.part"
	o.parts++
	if o.parts > maxParts {
		return fault.New(fault.TooLarge, op, "mail.too_many_parts").With("limit", maxParts)
	}
	if depth > maxDepth {
		return fault.New(fault.TooLarge, op, "mail.too_deep").With("limit", maxDepth)
	}
	kind, params := mediaType(head.get("Content-Type"))
	switch {
	case strings.HasPrefix(kind, "multipart/") && params["boundary"] != "":
		return o.multipart(m, params["boundary"], body, depth)
	case kind == "message/rfc822" || kind == "message/global":
		return o.attach(m, head, body, depth)
	case attachment(head) && !strings.HasPrefix(kind, "text/"):
		return o.attachedFile(m, head, params, body, depth)
	case kind == "text/html" || kind == "application/xhtml+xml":
		s, err := o.decode(head, params, body)
		m.html = joinText(m.html, s)
		return err
	case kind == "" || kind == "text/plain" || strings.HasPrefix(kind, "multipart/"):
		if attachment(head) && m.plain != "" {
			return nil
		}
		s, err := o.decode(head, params, body)
		if strings.Contains(lower(s[:min(len(s), 300)]), "<html") {
			m.html = joinText(m.html, s)
			return err
		}
		m.plain = joinText(m.plain, s)
		return err
	}
	return o.attachedFile(m, head, params, body, depth)
}

// attachedFile opens a file only when it is a mail by its name.
func (o *opener) attachedFile(m *message, head header, params map[string]string, body []byte, depth int) error {
	_, disp := mediaType(head.get("Content-Disposition"))
	name := lower(disp["filename"] + " " + params["name"])
	if strings.Contains(name, ".eml") {
		return o.attach(m, head, body, depth)
	}
	return nil
}

// attach opens a mail that is a part of another.
func (o *opener) attach(m *message, head header, body []byte, depth int) error {
	if enc := transfer(head); enc != "" {
		if o.text += len(body); o.text > maxText {
			return fault.New(fault.TooLarge, "email.attach", "mail.text_too_large").With("limit_mib", maxText>>20)
		}
		body = untransfer(enc, body)
	}
	inner, err := o.message(body, depth+1)
	if err != nil || inner == nil {
		return err
	}
	m.attached = append(m.attached, inner)
	return nil
}

// multipart walks over the parts between boundary lines. A boundary that never
// comes leaves the whole body as one text, so that a broken mail is still read.
func (o *opener) multipart(m *message, boundary string, body []byte, depth int) error {
	mark := []byte("--" + boundary)
	start, any := -1, false
	for at := 0; at <= len(body); {
		i := lineStart(body, mark, at)
		stop := i
		if i < 0 {
			stop = len(body)
		}
		if start >= 0 {
			if err := o.child(m, body[start:stop], depth); err != nil {
				return err
			}
			any = true
		}
		if i < 0 {
			break
		}
		at = i + len(mark)
		if bytes.HasPrefix(body[at:], []byte("--")) {
			break
		}
		if nl := bytes.IndexByte(body[at:], '\n'); nl >= 0 {
			start = at + nl + 1
			at = start
			continue
		}
		break
	}
	if any {
		return nil
	}
	return o.part(m, nil, body, depth+1)
}

func (o *opener) child(m *message, raw []byte, depth int) error {
	head, body := readHeader(raw)
	if len(head) == 0 {
		body = raw
	}
	return o.part(m, head, body, depth+1)
}

// lineStart finds mark at the beginning of a line, from a place on.
func lineStart(b, mark []byte, from int) int {
	for from <= len(b) {
		i := bytes.Index(b[from:], mark)
		if i < 0 {
			return -1
		}
		i += from
		if i == 0 || b[i-1] == '\n' {
			return i
		}
		from = i + 1
	}
	return -1
}

func attachment(head header) bool {
	return strings.HasPrefix(lower(strings.TrimSpace(head.get("Content-Disposition"))), "attachment")
}

// mediaType reads a Content-Type as far as it can be read.
func mediaType(s string) (string, map[string]string) {
	if kind, params, err := mime.ParseMediaType(s); err == nil {
		return kind, params
	}
	fields := strings.Split(s, ";")
	params := map[string]string{}
	for _, f := range fields[1:] {
		if k, v, ok := strings.Cut(f, "="); ok {
			params[lower(strings.TrimSpace(k))] = strings.Trim(strings.TrimSpace(v), `"'`)
		}
	}
	return lower(strings.TrimSpace(fields[0])), params
}

func joinText(a, b string) string {
	if strings.TrimSpace(a) == "" {
		return b
	}
	if strings.TrimSpace(b) == "" {
		return a
	}
	return a + "\n" + b
}
