package notice

import (
	"fmt"
	"net/mail"
	"regexp"
	"strconv"
	"strings"
)

// placeholders are what people leave in a text that they mean to fill in later.
var placeholders = regexp.MustCompile(`(?i)\b(todo|tbd|fixme|lorem|xxx+|n/a)\b|x{4,}|8x{2,}|…|\.\.\.|\[[^\]]*\]|<[^>]*>|_{3,}|\?{2,}|\bchange ?me\b|example\.(com|org|net)`)

var phoneForm = regexp.MustCompile(`^\+?[0-9][0-9 ()\-]{6,18}$`)

// blanks finds empty values and placeholders anywhere in the file, and contacts
// that cannot be real.
func (n *Notice) blanks() []Finding {
	var out []Finding
	add := func(p Pos, code, msg, mend string) { out = append(out, n.finding(p, code, msg, mend)) }
	var walk func(v *node, path []string)
	walk = func(v *node, path []string) {
		switch v.Kind {
		case mapping:
			for _, f := range v.Fields {
				walk(f.Value, append(path, f.Key))
			}
			return
		case list:
			for i, it := range v.Items {
				walk(it, append(path, strconv.Itoa(i)))
			}
			return
		}
		where := strings.Join(path, " > ")
		s, ok := v.Scalar.(string)
		switch {
		case v.Scalar == nil && path[len(path)-1] != "guardian":
			add(v.Pos, "blank", where+" is empty", "fill it in or take the line out")
		case !ok:
		case strings.TrimSpace(s) == "":
			add(v.Pos, "blank", where+" is empty", "fill it in or take the line out")
		case placeholders.MatchString(s):
			add(v.Pos, "placeholder", fmt.Sprintf("%s holds a placeholder: %q", where, placeholders.FindString(s)), "write the real value")
		}
	}
	walk(n.root, nil)
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
		if c.email == "" || placeholders.MatchString(c.email) {
			continue
		}
		if a, err := mail.ParseAddress(c.email); err != nil || a.Address != c.email || !strings.Contains(c.email[strings.LastIndex(c.email, "@"):], ".") {
			add(n.pos(c.path...), "contact", strings.Join(c.path, " > ")+" is no e-mail address", "write an address that is read every working day")
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
		if c.phone != "" && !placeholders.MatchString(c.phone) && !phoneForm.MatchString(c.phone) {
			add(n.pos(c.path...), "contact", strings.Join(c.path, " > ")+" is no telephone number", "write it as +62 21 5550 1234")
		}
	}
	return out
}
