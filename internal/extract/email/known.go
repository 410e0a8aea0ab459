package email

import "bytes"

// Known tells whether a mail, of which the header is enough, comes from an address
// of a bank, wallet or shop that the rules know, and from where. It proves
// nothing: it says which of a mailbox's mails are worth keeping.
func (x *Extractor) Known(raw []byte) (address string, known bool) {
	if i := bytes.Index(raw, []byte("\r\n\r\n")); i >= 0 {
		raw = raw[:i+4]
	} else if i := bytes.Index(raw, []byte("\n\n")); i >= 0 {
		raw = raw[:i+2]
	}
	head, _ := readHeader(raw)
	from := readPerson(head.get("From"))
	return from.address, x.issuerOf(from) != nil
}

// Domains are the domains of all issuers that the rules know.
func (x *Extractor) Domains() []string {
	var out []string
	for _, iss := range x.issuers {
		out = append(out, iss.Domains...)
	}
	return out
}
