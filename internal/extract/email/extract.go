package email

import (
	"io/fs"
	"strings"
	"time"

	"amanah/internal/clock"
)

// Extractor holds the compiled rules. It is safe for use by many at once.
type Extractor struct {
	issuers    []*issuer
	byDomain   map[string]*issuer
	sisters    map[string]bool
	labels     map[string]meaning
	phrases    map[string][]string
	freemail   map[string]bool
	categories []category
}

// New loads the rules that are built into the program.
func New() (*Extractor, error) {
	dir, err := fs.Sub(embedded, "rules")
	if err != nil {
		return nil, err
	}
	return loadRules(dir)
}

// envelope is what is known of a mail before its text is read.
type envelope struct {
	outer     person
	from      person // the issuer's side: the same as outer, or who is quoted
	forwarded bool
	subject   string
	date      time.Time
	messageID string
	head      header // of the mail that reached us
	inner     header // of an attached mail
	zone      *time.Location
}

// Extract reads one raw mail. The error is a fault for what is no mail at all
// or is beyond the limits; everything else is a Result with a Reason.
func (x *Extractor) Extract(raw []byte, o Options) (Result, error) {
	m, err := open(raw)
	if err != nil {
		return Result{}, err
	}
	env, views := x.unwrap(m, o)
	res := Result{Kind: KindOther, Subject: env.subject, InnerMessageID: env.messageID}
	if f, ok := x.forwardingCode(env, views, o); ok {
		res.Kind, res.Forwarding = KindForwarding, f
		res.Sender = Sender{Domain: env.from.domain(), Address: env.from.address, DKIM: authOf(env, o).dkim, Trust: TrustVerified}
		return res, nil
	}
	who := x.judge(env, views, o)
	res.Sender, res.Issuer = who.sender, who.name()
	r := x.best(env, who, views)
	res.Kind, res.Reason, res.Rule = r.kind, r.reason, r.rule
	res.Transactions = r.txs
	return who.settle(res), nil
}

// best reads the page, and the plain text where the page says too little.
func (x *Extractor) best(env envelope, who standing, views [][]seg) outcome {
	var first outcome
	for i, v := range views {
		r := x.read(env, who, v)
		if i == 0 {
			first = r
			if r.kind == KindTransaction && r.confidence() >= BookAt || r.kind != KindTransaction && r.kind != KindOther {
				return r
			}
			continue
		}
		if r.kind == KindTransaction && r.confidence() > first.confidence() || first.kind == KindOther && r.kind != KindOther {
			first = r
		}
	}
	if len(views) == 0 {
		return outcome{kind: KindOther, reason: "body.empty", rule: "generic@1"}
	}
	return first
}

// unwrap finds the mail that the issuer wrote and its texts, the page first.
func (x *Extractor) unwrap(m *message, o Options) (envelope, [][]seg) {
	zone := o.Zone
	if zone == nil {
		zone = clock.WIB
	}
	env := envelope{head: m.head, zone: zone, outer: readPerson(m.head.get("From"))}
	env.from, env.subject = env.outer, text(m.head.get("Subject"))
	env.date, env.messageID = date2822(m.head.get("Date")), angle(m.head.get("Message-ID"))
	if env.date.IsZero() {
		env.date = o.Received
	}
	known := x.issuerOf(env.outer) != nil
	if in := innermost(m); in != nil && !known {
		env.forwarded, env.inner = true, in.head
		env.from, env.subject = readPerson(in.head.get("From")), text(in.head.get("Subject"))
		env.messageID = angle(in.head.get("Message-ID"))
		if d := date2822(in.head.get("Date")); !d.IsZero() {
			env.date = d
		}
		m, known = in, x.issuerOf(env.from) != nil
	}
	var views [][]seg
	for _, segs := range [][]seg{joinMoney(readHTML(m.html)), joinMoney(readPlain(m.plain))} {
		if !known {
			if q, ok := unforward(segs, zone); ok {
				env.quote(q)
				segs = q.rest
			} else if env.forwarded && env.inner == nil {
				continue // only one of the two texts shows the forward: the other mixes in what people wrote
			}
		}
		if size(segs) >= 8 {
			views = append(views, segs)
		}
	}
	env.subject = bare(env.subject)
	if len(env.subject) > maxSubject {
		env.subject = strings.ToValidUTF8(env.subject[:maxSubject], "")
	}
	if !env.date.IsZero() {
		env.date = env.date.In(zone)
	}
	return env, views
}

// maxSubject is how much of a subject is read.
const maxSubject = 400

// quote takes over what a forwarded head says.
func (e *envelope) quote(q quoted) {
	e.forwarded = true
	e.from = q.from
	e.messageID = ""
	if q.subject != "" {
		e.subject = q.subject
	}
	if !q.date.IsZero() {
		e.date = q.date
	}
}

// innermost is the mail at the bottom of attached mails.
func innermost(m *message) *message {
	var in *message
	for len(m.attached) > 0 {
		m = m.attached[0]
		in = m
	}
	return in
}

func size(segs []seg) (n int) {
	for _, s := range segs {
		n += len(s.text)
	}
	return n
}

// bare takes "Fwd:", "Re:" and the like off a subject.
func bare(s string) string {
	for range 5 {
		low := strings.ToLower(s)
		cut := false
		for _, p := range []string{"fwd:", "fw:", "re:", "trs:", "tr:", "bls:", "wg:", "[fwd]", "fwd :", "terusan:"} {
			if strings.HasPrefix(low, p) {
				s, cut = strings.TrimSpace(s[len(p):]), true
				break
			}
		}
		if !cut {
			return s
		}
	}
	return s
}

func angle(s string) string { return strings.Trim(strings.TrimSpace(s), "<>") }
