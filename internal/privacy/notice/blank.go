package notice

import (
	"fmt"
	"net/mail"
	"regexp"
	"strconv"
	"strings"
)

// What people leave in a text that they mean to fill in later: words that stand
// alone, and marks anywhere.
var (
	placeholderWords = []string{"todo", "tbd", "fixme", "lorem", "xxx", "n/a", "changeme", "change me"}
	placeholderMarks = []string{"…", "...", "___", "??", "xxxx", "8xx", "example.com", "example.org", "example.net"}
)

// placeholder gives the part of a text that is one, empty if there is none.
func placeholder(s string) string {
	low := strings.ToLower(s)
	for _, w := range placeholderWords {
		if strings.Contains(low, w) && hasWord(low, w) {
			return w
		}
	}
	for _, m := range placeholderMarks {
		if strings.Contains(low, m) {
			return m
		}
	}
	for _, pair := range []string{"[]", "<>"} {
		if open := strings.IndexByte(s, pair[0]); open >= 0 {
			if end := strings.IndexByte(s[open:], pair[1]); end >= 0 {
				return s[open : open+end+1]
			}
		}
	}
	return ""
}

var phoneForm = regexp.MustCompile(`^\+?[0-9][0-9 ()\-]{6,18}$`)

// blanks finds empty values and placeholders anywhere in the file, and contacts
// that cannot be real.
func (n *Notice) blanks() []Finding {
	var out []Finding
	var walk func(v *node, path []string)
	walk = func(v *node, path []string) {
		for _, f := range v.Fields {
			walk(f.Value, append(path, f.Key))
		}
		for i, it := range v.Items {
			walk(it, append(path, strconv.Itoa(i)))
		}
		if v.Kind == scalar {
			out = append(out, n.blank(v, path)...)
		}
	}
	walk(n.root, nil)
	return append(out, n.contacts()...)
}

// blank looks at one value.
func (n *Notice) blank(v *node, path []string) []Finding {
	s, ok := v.Scalar.(string)
	empty := (v.Scalar == nil && path[len(path)-1] != "guardian") || (ok && strings.TrimSpace(s) == "")
	if empty {
		return []Finding{n.finding(v.Pos, "blank", strings.Join(path, " > ")+" is empty", "fill it in or take the line out")}
	}
	if found := placeholder(s); found != "" {
		return []Finding{n.finding(v.Pos, "placeholder", fmt.Sprintf("%s holds a placeholder: %q", strings.Join(path, " > "), found), "write the real value")}
	}
	return nil
}

// contacts finds addresses and numbers that nobody could write to or call.
func (n *Notice) contacts() []Finding {
	var out []Finding
	for _, c := range []struct {
		path  []string
		email string
	}{
		{[]string{"controller", "email"}, n.doc.Controller.Email},
		{[]string{"officer", "email"}, n.doc.Officer.Email},
		{[]string{"ask", "email"}, n.doc.Ask.Email},
		{[]string{"complaints", "email"}, n.doc.Complaints.Email},
		{[]string{"breach", "report"}, n.doc.Breach.ReportedAt},
	} {
		if c.email != "" && placeholder(c.email) == "" && !reachable(c.email) {
			out = append(out, n.finding(n.pos(c.path...), "contact", strings.Join(c.path, " > ")+" is no e-mail address", "write an address that is read every working day"))
		}
	}
	for _, c := range []struct {
		path  []string
		phone string
	}{
		{[]string{"controller", "phone"}, n.doc.Controller.Phone},
		{[]string{"ask", "phone"}, n.doc.Ask.Phone},
		{[]string{"complaints", "phone"}, n.doc.Complaints.Phone},
	} {
		if c.phone != "" && placeholder(c.phone) == "" && !phoneForm.MatchString(c.phone) {
			out = append(out, n.finding(n.pos(c.path...), "contact", strings.Join(c.path, " > ")+" is no telephone number", "write it as +62 21 5550 1234"))
		}
	}
	return out
}

// reachable tells whether a text is one plain address at a full domain.
func reachable(email string) bool {
	a, err := mail.ParseAddress(email)
	return err == nil && a.Address == email && strings.Contains(email[strings.LastIndexByte(email, '@')+1:], ".")
}
