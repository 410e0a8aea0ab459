package email

import (
	"encoding/base64"
	"fmt"
	"html"
	"mime"
	"mime/quotedprintable"
	"strings"
	"time"

	"golang.org/x/text/encoding/charmap"
)

// example is one invented mail of testdata/examples. A body line "Label :: value"
// is a field ("||" parts the lines of its value); any other line is a sentence.
type example struct {
	Name    string `yaml:"name"`
	From    string `yaml:"from"`
	Subject string `yaml:"subject"`
	Date    string `yaml:"date"`
	Auth    string `yaml:"auth"` // Authentication-Results; "" passes, "none" leaves it out
	Body    string `yaml:"body"`
	Text    string `yaml:"text"` // a plain part of its own; then no layouts are made
	HTML    string `yaml:"html"` // a page of its own; then no layouts are made
	Want    want   `yaml:"want"`
	More    []want `yaml:"more"` // further transactions of the same mail
}

// want is what must come out. An empty text is not compared.
type want struct {
	Kind      Kind   `yaml:"kind"`
	Reason    string `yaml:"reason"`
	Amount    string `yaml:"amount"`
	Fee       string `yaml:"fee"`
	Currency  string `yaml:"currency"`
	Direction string `yaml:"direction"`
	At        string `yaml:"at"`
	Precision string `yaml:"precision"`
	Merchant  string `yaml:"merchant"`
	Account   string `yaml:"account"`
	Channel   string `yaml:"channel"`
	Reference string `yaml:"reference"`
	Category  string `yaml:"category"`
	Below     bool   `yaml:"below"` // the confidence must be below BookAt
}

// layouts are the ways in which mails set their fields.
var layouts = map[string]func(lines []string) string{
	"colons": func(l []string) string {
		return page(l, `<tr><td width="40%%">%s</td><td>:&nbsp;</td><td><span>%s</span></td></tr>`, "<br>", true)
	},
	"cells": func(l []string) string {
		return page(l, `<tr><td>%s</td><td align="right"><b> %s </b></td></tr>`, "<br>", true)
	},
	"stack": func(l []string) string {
		return page(l, `<tr><td>%s</td></tr><tr><td><h4>%s</h4></td></tr>`, "</h4><p>", true)
	},
	"divs":   func(l []string) string { return page(l, `<div>%s</div><div>%s</div>`, "</div><div>", false) },
	"breaks": func(l []string) string { return page(l, `<b>%s</b>: %s<br>`, "<br>", false) },
	"blocks": func(l []string) string {
		return page(l, `<tr><td><p>%s</p></td><td><p>%s</p></td></tr>`, "</p><p>", true)
	},
	"nested": func(l []string) string {
		return page(l, `<tr><td><table><tr><td>%s</td><td>%s</td></tr></table></td></tr>`, "<br>", true)
	},
	"heading": func(l []string) string { return page(l, `<div><h5>%s</h5><span>%s</span></div>`, "<br>", false) },
}

func page(lines []string, field, brk string, table bool) string {
	var b strings.Builder
	b.WriteString(`<!DOCTYPE html><html><head><style>td{padding:2px}</style><title>x</title></head><body><div style="display:none;max-height:0">Diskon Rp99.000 menanti</div><table width="600"><tr><td><img src="https://static.example.org/l.png" alt="logo"></td></tr><tr><td>` + "\n")
	in := false
	for _, l := range lines {
		label, value, ok := strings.Cut(l, " :: ")
		if table && ok != in {
			in = ok
			if ok {
				b.WriteString("<table>\n")
			} else {
				b.WriteString("</table>\n")
			}
		}
		if !ok {
			b.WriteString("<p>" + html.EscapeString(l) + "</p>\n")
			continue
		}
		parts := strings.Split(value, " || ")
		for i := range parts {
			parts[i] = html.EscapeString(parts[i])
		}
		fmt.Fprintf(&b, field+"\n", html.EscapeString(label), strings.Join(parts, brk))
	}
	if in {
		b.WriteString("</table>")
	}
	b.WriteString(`</td></tr></table></body></html>`)
	return b.String()
}

// plainText sets the fields with a separator, as text parts do.
func plainText(lines []string, sep string) string {
	var b strings.Builder
	for _, l := range lines {
		l = strings.Replace(l, " :: ", sep, 1)
		b.WriteString(strings.ReplaceAll(l, " || ", "\n") + "\n")
	}
	return b.String()
}

// mailOf is a mail's head and body, ready to be wrapped.
type mailOf struct {
	from, subject, auth string
	date                time.Time
	text, page          string
}

func (m mailOf) domain() string { return readPerson(m.from).domain() }

// wrappers are the ways on which a bank's mail comes here.
var wrappers = map[string]func(m mailOf) string{
	"direct": func(m mailOf) string { return m.head(true) + m.alternative("quoted-printable") },
	"filter": func(m mailOf) string {
		return "X-Forwarded-To: catat-r7k2@in.example.net\r\nX-Forwarded-For: rina@example.com catat-r7k2@in.example.net\r\n" + m.head(true) + m.alternative("quoted-printable")
	},
	"base64": func(m mailOf) string {
		return m.head(true) + "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + wrap64(m.page)
	},
	"dash":   func(m mailOf) string { m.text = "-"; return m.head(true) + m.alternative("quoted-printable") },
	"latin1": func(m mailOf) string { return m.head(true) + m.latin1() },
	"rfc822": func(m mailOf) string {
		return person1 + "Subject: Fwd: " + word(m.subject) + "\r\nContent-Type: multipart/mixed; boundary=\"outer\"\r\n\r\n--outer\r\nContent-Type: text/plain\r\n\r\nTolong dicatat ya\r\n--outer\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment; filename=\"mail.eml\"\r\n\r\n" + m.head(true) + m.alternative("quoted-printable") + "\r\n--outer--\r\n"
	},
	"gmail": func(m mailOf) string {
		head := []string{"---------- Forwarded message ---------", "Dari: " + m.from, "Date: " + m.date.Format("Mon, 2 Jan 2006 at 15.04"), "Subject: " + m.subject, "To: Rina Maharani <rina@example.com>"}
		return m.inline(head, "", `<div class="gmail_quote"><div dir="ltr" class="gmail_attr">`, "<br>", "</div>")
	},
	"gmail-en": func(m mailOf) string {
		head := []string{"---------- Forwarded message ---------", "From: " + m.from, "Date: " + m.date.Format("Mon, Jan 2, 2006 at 3:04 PM"), "Subject: " + m.subject, "To: <rina@example.com>"}
		return m.inline(head, "", `<div class="gmail_quote"><div dir="ltr">`, "<br>", "</div>")
	},
	"gmail-id": func(m mailOf) string {
		p := readPerson(m.from)
		head := []string{"---------- Forwarded message ---------", "Dari: *" + p.name + "* <" + p.address + ">", "Date: " + indonesian(m.date, "Mon, 2 Jan 2006 pukul 15.04"), "Subject: " + m.subject, "To: <rina@example.com>"}
		raw := m.inline(head, "", `<div class="gmail_quote">`, "<br>", "</div>")
		if m.page == "" {
			return raw
		}
		m.page = `<html><body><div dir="ltr"><br><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- Forwarded message ---------<br>Dari: <strong class="gmail_sendername" dir="auto">` + html.EscapeString(p.name) + `</strong> <span dir="auto">&lt;<a href="mailto:` + p.address + `">` + p.address + `</a>&gt;</span><br>Date: ` + indonesian(m.date, "Mon, 2 Jan 2006 pukul 15.04") + `<br>Subject: ` + html.EscapeString(m.subject) + `<br>To:  &lt;<a href="mailto:rina@example.com">rina@example.com</a>&gt;<br></div><br><br>` + m.page + `</div></div></body></html>`
		return person1 + "Subject: Fwd: " + word(m.subject) + "\r\n" + m.alternative("quoted-printable")
	},
	"outlook-day": func(m mailOf) string {
		head := []string{"Dari: " + m.from, "Dikirim: " + indonesian(m.date, "Monday, 2 January 2006 15:04"), "Kepada: Rina Maharani <rina@example.com>", "Subjek: " + m.subject}
		return m.inline(head, "", `<div style="border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal">`, "</p><p class=\"MsoNormal\">", "<o:p></o:p></p></div>")
	},
	"outlook": func(m mailOf) string {
		head := []string{"From: " + m.from, "Sent: " + m.date.Format("Monday, January 2, 2006 3:04 PM"), "To: Rina Maharani <rina@example.com>", "Subject: " + m.subject}
		return m.inline(head, "", `<hr><div><b>`, "<br>", "</b></div>")
	},
	"outlook-id": func(m mailOf) string {
		head := []string{"________________________________", "Dari: " + m.from, "Dikirim: " + indonesian(m.date, "02 January 2006 15:04"), "Kepada: Rina Maharani <rina@example.com>", "Perihal: " + m.subject}
		return m.inline(head, "", `<div>`, "</div><div>", "</div>")
	},
	"iphone": func(m mailOf) string {
		head := []string{"Awal pesan terusan:", "Dari: " + m.from, "Tanggal: " + indonesian(m.date, "2 January 2006 15.04.05 WIB"), "Kepada: rina@example.com", "Perihal: " + m.subject}
		return m.inline(head, "> ", `<blockquote type="cite"><div>`, "<br>", "</div></blockquote>")
	},
	"iphone-en": func(m mailOf) string {
		head := []string{"Begin forwarded message:", "From: " + m.from, "Subject: " + m.subject, "Date: " + m.date.Format("2 January 2006 at 15:04:05 WIB"), "To: rina@example.com"}
		return m.inline(head, "> ", `<blockquote type="cite"><div>`, "<br>", "</div></blockquote>")
	},
}

// indonesian is a date with the names of days and months that Indonesian
// programs write.
func indonesian(t time.Time, layout string) string {
	return strings.NewReplacer("Monday", "Senin", "Tuesday", "Selasa", "Wednesday", "Rabu", "Thursday", "Kamis", "Friday", "Jumat", "Saturday", "Sabtu", "Sunday", "Minggu",
		"January", "Januari", "February", "Februari", "March", "Maret", "May", "Mei", "June", "Juni", "July", "Juli", "August", "Agustus", "October", "Oktober", "December", "Desember",
		"Mon", "Sen", "Tue", "Sel", "Wed", "Rab", "Thu", "Kam", "Fri", "Jum", "Sat", "Sab", "Sun", "Min", "Aug", "Agu", "Oct", "Okt", "Dec", "Des").Replace(t.Format(layout))
}

// nameOnly is a forward that shows the sender's name and hides the address.
func nameOnly(m mailOf) string {
	head := []string{"From: " + readPerson(m.from).name, "Sent: " + m.date.Format("Monday, January 2, 2006 3:04 PM"), "To: Rina Maharani", "Subject: " + m.subject}
	return m.inline(head, "", `<hr><div><b>`, "<br>", "</b></div>")
}

const person1 = "Received: by mx.example.net; Mon, 2 Nov 2026 10:00:00 +0700\r\nDate: Mon, 2 Nov 2026 10:00:00 +0700\r\nFrom: Rina Maharani <rina@example.com>\r\nTo: catat-r7k2@in.example.net\r\nMessage-ID: <outer@example.com>\r\nMIME-Version: 1.0\r\n"

func word(s string) string { return mime.QEncoding.Encode("utf-8", s) }

func (m mailOf) head(auth bool) string {
	out := ""
	if auth && m.auth != "none" {
		a := m.auth
		if a == "" {
			a = "dkim=pass header.d=" + m.domain() + "; spf=pass smtp.mailfrom=" + m.domain() + "; dmarc=pass header.from=" + m.domain()
		}
		out = "Authentication-Results: mx.example.net; " + a + "\r\n"
	}
	return out + "Date: " + m.date.Format(time.RFC1123Z) + "\r\nFrom: " + m.from + "\r\nTo: rina@example.com\r\nSubject: " + word(m.subject) + "\r\nMessage-ID: <inner@" + m.domain() + ">\r\nMIME-Version: 1.0\r\n"
}

func (m mailOf) alternative(enc string) string {
	if m.page == "" {
		return "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + qp(m.text)
	}
	return "Content-Type: multipart/alternative; boundary=\"==b1\"\r\n\r\nThis is a multipart message.\r\n--==b1\r\nContent-Type: text/plain; charset=\"utf-8\"\r\nContent-Transfer-Encoding: " + enc + "\r\n\r\n" + qp(m.text) +
		"\r\n--==b1\r\nContent-Type: text/html; charset=\"utf-8\"\r\nContent-Transfer-Encoding: " + enc + "\r\n\r\n" + qp(m.page) + "\r\n--==b1--\r\n"
}

func (m mailOf) latin1() string {
	body, err := charmap.Windows1252.NewEncoder().String(m.page + m.text)
	if err != nil {
		return m.alternative("quoted-printable")
	}
	kind := "text/html"
	if m.page == "" {
		kind = "text/plain"
	} else {
		body, _ = charmap.Windows1252.NewEncoder().String(m.page)
	}
	return "Content-Type: " + kind + "; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + body
}

// inline is a forward by hand: the head as lines, the text quoted, the page
// after it.
func (m mailOf) inline(head []string, quote, open, brk, end string) string {
	text := "Catat dong\n\n" + quote + strings.Join(head, "\n"+quote) + "\n" + quote + "\n" + quote + strings.ReplaceAll(m.text, "\n", "\n"+quote)
	m2 := m
	m2.text = text
	if m.page != "" {
		esc := make([]string, len(head))
		for i, h := range head {
			k, v, ok := strings.Cut(h, ": ")
			esc[i] = html.EscapeString(h)
			if ok {
				esc[i] = "<b>" + k + ":</b> " + html.EscapeString(v)
			}
		}
		m2.page = "<html><body><div>Catat dong</div>" + open + strings.Join(esc, brk) + end + m.page + "</body></html>"
	}
	return person1 + "Subject: Fwd: " + word(m.subject) + "\r\n" + m2.alternative("quoted-printable")
}

func qp(s string) string {
	var b strings.Builder
	w := quotedprintable.NewWriter(&b)
	w.Write([]byte(s))
	w.Close()
	return b.String()
}

func wrap64(s string) string {
	e := base64.StdEncoding.EncodeToString([]byte(s))
	var b strings.Builder
	for len(e) > 76 {
		b.WriteString(e[:76] + "\r\n")
		e = e[76:]
	}
	return b.String() + e
}
