package mail

import (
	"bytes"
	"net/mail"
	"strings"
	"unicode"

	gomail "github.com/wneessen/go-mail"

	"amanah/internal/fault"
	"amanah/internal/id"
)

// Letter is one transactional letter of the service to one person. Service to
// Categories say for the record of transfers what it is; they are not part of
// the text.
type Letter struct {
	To      string // an address, without a name
	Subject string
	Text    string // always there
	HTML    string // may be empty
	Lang    string // "id" or "en"

	Service    string
	Tenant     id.Tenant
	Person     id.Subject
	Purpose    string
	Categories []string
}

// maxLetter bounds the text of one letter that goes out.
const maxLetter = 1 << 20

// Writer composes letters from one sender. All fields are needed except Reply.
type Writer struct {
	From string // address
	Name string // the name shown with it
	// Host is the right part of Message-ID.
	Host  string
	Reply string
	IDs   id.Maker
}

// Message makes the letter ready to send. Headers that would carry a line break
// are refused as Invalid; the fault does not repeat them.
func (w Writer) Message(l Letter) (*gomail.Msg, error) {
	if err := l.check(); err != nil {
		return nil, err
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if m.FromFormat(w.Name, w.From) != nil || m.To(l.To) != nil {
		return nil, letterFault("mail.address")
	}
	if w.Reply != "" && m.ReplyTo(w.Reply) != nil {
		return nil, letterFault("mail.address")
	}
	m.Subject(l.Subject)
	m.SetDateWithValue(w.IDs.Now())
	m.SetMessageIDWithValue(w.IDs.New().String() + "@" + w.Host)
	// Tells vacation programs not to answer (RFC 3834).
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	if l.Lang != "" {
		m.SetGenHeader("Content-Language", l.Lang)
	}
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	if l.HTML != "" {
		m.AddAlternativeString(gomail.TypeTextHTML, l.HTML)
	}
	return m, nil
}

// Bytes is the letter as it goes over the wire.
func (w Writer) Bytes(l Letter) ([]byte, error) {
	m, err := w.Message(l)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		return nil, fault.Wrap("mail.Bytes", err)
	}
	return b.Bytes(), nil
}

func (l Letter) check() error {
	for _, s := range []string{l.To, l.Subject, l.Lang} {
		if strings.ContainsFunc(s, unicode.IsControl) {
			return letterFault("mail.line_break")
		}
	}
	// Only a bare address: "a@x, b@y" or a name would reach or show others.
	a, err := mail.ParseAddress(l.To)
	if err != nil || a.Name != "" || strings.ContainsAny(l.To, "<>,;") {
		return letterFault("mail.address")
	}
	if l.Subject == "" || l.Text == "" {
		return letterFault("mail.empty")
	}
	if len(l.Text)+len(l.HTML) > maxLetter {
		return fault.New(fault.TooLarge, "mail.compose", "mail.too_large").With("limit", maxLetter)
	}
	return nil
}

func letterFault(key string) error { return fault.New(fault.Invalid, "mail.compose", key) }
