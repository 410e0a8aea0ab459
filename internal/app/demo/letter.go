package demo

import (
	"fmt"
	"html"
	"strings"
	"time"
)

// letter is what an issuer says; text gets the moment and a running number.
type letter struct {
	from, address, subject string
	intro                  string
	rows                   func(t time.Time, n int) [][2]string
	foot                   string
}

// bytes writes the letter as a mail with a text and a page.
func (m letter) bytes(t time.Time, n int) []byte {
	var text, page strings.Builder
	fmt.Fprintf(&text, "Halo %s,\r\n%s\r\n\r\n", Owner, m.intro)
	fmt.Fprintf(&page, "<html><body><p>Halo %s,</p><p>%s</p><table>", Owner, html.EscapeString(m.intro))
	if m.rows != nil {
		for _, r := range m.rows(t, n) {
			fmt.Fprintf(&text, "%s : %s\r\n", r[0], r[1])
			fmt.Fprintf(&page, "<tr><td>%s</td><td>:</td><td>%s</td></tr>\r\n", html.EscapeString(r[0]), html.EscapeString(r[1]))
		}
	}
	fmt.Fprintf(&text, "\r\n%s\r\n", m.foot)
	fmt.Fprintf(&page, "</table><p>%s</p></body></html>", html.EscapeString(m.foot))
	_, domain, _ := strings.Cut(m.address, "@")
	edge := fmt.Sprintf("demo-%d", n)
	var b strings.Builder
	for _, h := range [][2]string{
		{"Date", t.Add(20 * time.Second).Format(time.RFC1123Z)},
		{"From", fmt.Sprintf("%q <%s>", m.from, m.address)},
		{"To", "rina.maharani@example.com"},
		{"Subject", m.subject},
		{"Message-ID", fmt.Sprintf("<%d.%d@%s>", t.Unix(), n, domain)},
		{"MIME-Version", "1.0"},
		{"Content-Type", `multipart/alternative; boundary="` + edge + `"`},
	} {
		b.WriteString(h[0] + ": " + h[1] + "\r\n")
	}
	for _, part := range [][2]string{{"text/plain", text.String()}, {"text/html", page.String()}} {
		fmt.Fprintf(&b, "\r\n--%s\r\nContent-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n%s", edge, part[0], part[1])
	}
	fmt.Fprintf(&b, "\r\n--%s--\r\n", edge)
	return []byte(b.String())
}

// idr is "IDR 86,000.00", rp is "Rp86.000".
func idr(n int) string { return "IDR " + grouped(n, ",") + ".00" }
func rp(n int) string  { return "Rp" + grouped(n, ".") }

func grouped(n int, mark string) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + mark + s[i:]
	}
	return s
}

func reference(t time.Time, n int) string {
	return fmt.Sprintf("%s%05d", t.Format("20060102150405"), n)
}
