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
	Files   []File // may be empty
	// Name is the left part of Message-ID: a letter that is sent again under its
	// name is shown once. Empty: a new one.
	Name string

	Service    string
	Tenant     id.Tenant
	Person     id.Subject
	About      id.ID // what the letter goes with, such as an invitation; may be zero
	Purpose    string
	Categories []string
}

// File is something that a letter carries.
type File struct {
	Name        string
	ContentType string
	Content     []byte
}

// maxLetter bounds the text of one letter that goes out, MaxFiles what it carries:
// relays take 25 MB, and on the wire a file is a third larger.
const (
	maxLetter = 1 << 20
	MaxFiles  = 15 << 20
)

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
	name := l.Name
	if name == "" {
		name = w.IDs.New().String()
	}
	m.SetMessageIDWithValue(name + "@" + w.Host)
	// Tells vacation programs not to answer (RFC 3834).
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	if l.Lang != "" {
		m.SetGenHeader("Content-Language", l.Lang)
	}
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	if l.HTML != "" {
		m.AddAlternativeString(gomail.TypeTextHTML, l.HTML)
	}
	for _, f := range l.Files {
		m.AttachReadSeeker(f.Name, bytes.NewReader(f.Content), gomail.WithFileContentType(gomail.ContentType(f.ContentType)))
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
	heads, carried := []string{l.To, l.Subject, l.Lang, l.Name}, 0
	for _, f := range l.Files {
		heads = append(heads, f.Name, f.ContentType)
		carried += len(f.Content)
	}
	for _, s := range heads {
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
	if carried > MaxFiles {
		return fault.New(fault.TooLarge, "mail.compose", "mail.too_large").With("limit", MaxFiles)
	}
	if strings.ContainsAny(l.Name, " <>@") {
		return letterFault("mail.line_break")
	}
	return nil
}

func letterFault(key string) error { return fault.New(fault.Invalid, "mail.compose", key) }
