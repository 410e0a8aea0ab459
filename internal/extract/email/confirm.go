package email

import (
	"strings"
)

// forwardingCode recognises the mail by which a provider asks whether mails may
// be forwarded here. Only the provider's own domain counts.
func (x *Extractor) forwardingCode(env envelope, views [][]seg, o Options) (*Forwarding, bool) {
	if env.forwarded {
		return nil, false
	}
	domain := env.from.domain()
	provider := ""
	for d, name := range map[string]string{"google.com": "gmail", "microsoft.com": "outlook", "outlook.com": "outlook", "office365.com": "outlook", "yahoo.com": "yahoo", "yahoo-inc.com": "yahoo", "icloud.com": "icloud", "apple.com": "icloud", "zoho.com": "zoho", "zohomail.com": "zoho", "proton.me": "proton", "fastmail.com": "fastmail", "yandex.com": "yandex"} {
		if domain == d || strings.HasSuffix(domain, "."+d) {
			provider = name
		}
	}
	if provider == "" || x.freemail[domain] && !strings.Contains(env.from.address, "noreply") && !strings.Contains(env.from.address, "no-reply") {
		return nil, false
	}
	low := strings.ToLower(env.subject)
	body := ""
	for _, v := range views {
		body += strings.ToLower(joined(v))
	}
	asks := has(low, []string{"forwarding confirmation", "konfirmasi penerusan", "forwarding verification", "verifikasi penerusan", "konfirmasi terusan", "forwarding address", "verify your forwarding"}) ||
		has(body, []string{"automatically forward mail to your", "meneruskan email secara otomatis", "meneruskan email ke", "otomatis meneruskan", "forwarding address"})
	if !asks || authOf(env, o).failed(domain) != "" {
		return nil, false
	}
	f := &Forwarding{Provider: provider}
	f.Code, f.Link, f.From = confirmCode(env.subject, views), confirmLink(views), mailbox(env.subject, views)
	return f, f.Code != "" || f.Link != ""
}

// confirmCode finds the number: "(#812345678)" in the subject or after the words
// for it in the text.
func confirmCode(subject string, views [][]seg) string {
	if i := strings.Index(subject, "#"); i >= 0 {
		if d := leadDigits(subject[i+1:]); len(d) >= 5 {
			return d
		}
	}
	for _, v := range views {
		for i, s := range v {
			if !has(s.low, []string{"confirmation code", "kode konfirmasi", "verification code", "kode verifikasi"}) {
				continue
			}
			for _, n := range v[i:min(len(v), i+3)] {
				for k := range n.text {
					if d := leadDigits(n.text[k:]); len(d) >= 5 {
						return d
					}
				}
			}
		}
	}
	return ""
}

func leadDigits(s string) string {
	i := 0
	for i < len(s) && digit(s[i]) {
		i++
	}
	return s[:i]
}

// confirmLink is the provider's link; the page's text shows it in full.
func confirmLink(views [][]seg) string {
	for _, v := range views {
		for _, s := range v {
			i := strings.Index(s.text, "https://")
			if i < 0 {
				continue
			}
			link, _, _ := strings.Cut(s.text[i:], " ")
			if strings.Contains(link, "mail-settings.google.com") || strings.Contains(link, "mail.google.com") || strings.Contains(link, "/vf-") || strings.Contains(link, "confirm") || strings.Contains(link, "verify") {
				return strings.TrimRight(link, ".>)\"'")
			}
		}
	}
	return ""
}

// mailbox is the address that wants to forward.
func mailbox(subject string, views [][]seg) string {
	if p := readPerson(subject[strings.LastIndex(subject, " ")+1:]); p.address != "" {
		return p.address
	}
	for _, v := range views {
		for _, s := range v {
			if strings.Contains(s.low, "forward") || strings.Contains(s.low, "terus") {
				if p := readPerson(s.text); p.address != "" {
					return p.address
				}
			}
		}
	}
	return ""
}
