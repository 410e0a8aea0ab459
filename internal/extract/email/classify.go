package email

import "strings"

// reading is one text of a mail on its way to an outcome.
type reading struct {
	x         *Extractor
	env       envelope
	who       standing
	layout    *layout
	segs      []seg
	pairs     []pair
	subject   string   // small letters
	low       string   // the whole text, small letters
	sentences []string // of the text, as written, advice left out
	said      []string // the same, small letters
}

// outcome is what reading one text gave.
type outcome struct {
	kind   Kind
	reason string
	rule   string
	txs    []Transaction
}

// confidence is that of the weakest transaction.
func (o outcome) confidence() float64 {
	if len(o.txs) == 0 {
		return 0
	}
	least := 1.0
	for _, t := range o.txs {
		least = min(least, t.Confidence)
	}
	return least
}

// read turns one text into an outcome.
func (x *Extractor) read(env envelope, who standing, segs []seg) outcome {
	r := &reading{x: x, env: env, who: who, segs: segs, subject: strings.ToLower(squeeze(env.subject))}
	r.low = strings.ToLower(joined(segs))
	r.split()
	rule := "generic@1"
	lex := lexicon{common: x.labels}
	if who.issuer != nil {
		r.layout = who.issuer.layout(env.from.address, r.subject, r.low)
		rule = who.issuer.rule(r.layout)
		if r.layout != nil {
			lex.own = r.layout.own
		}
	}
	r.pairs = pairs(unrun(segs, lex), lex)
	kind, reason := r.classify()
	out := outcome{kind: kind, reason: reason, rule: rule}
	if kind != KindTransaction {
		return out
	}
	if out.txs, reason = r.transactions(); len(out.txs) == 0 {
		out.kind, out.reason = KindOther, reason
		if r.promoting() {
			out.kind = KindPromo
		}
	}
	return out
}

// layout picks the first layout whose conditions hold.
func (i *issuer) layout(from, subject, low string) *layout {
	for k := range i.Layouts {
		if i.Layouts[k].Match.met(from, subject, low) {
			return &i.Layouts[k]
		}
	}
	return nil
}

func (i *issuer) rule(l *layout) string {
	id := i.ID
	if l != nil {
		id += "/" + l.ID
	}
	return id + "@" + itoa(i.Version)
}

// maxSentences is more than any record of a transaction has.
const maxSentences = 600

// split cuts the text into sentences and leaves out advice ("Jika transaksi
// gagal ..."), which says what might be, not what was.
func (r *reading) split() {
	conditional := r.x.phrases["conditional"]
	for _, s := range r.segs {
		text := s.text
		for text != "" && len(r.sentences) < maxSentences {
			sentence, rest := cutSentence(text)
			text = rest
			low := strings.ToLower(sentence)
			if !startsWith(low, conditional) {
				r.sentences, r.said = append(r.sentences, sentence), append(r.said, low)
			}
		}
	}
}

// cutSentence ends a sentence at ". ", "! " or "? "; a dot after a short word
// ("No.", "Rp.", "PT.") ends none.
func cutSentence(s string) (string, string) {
	for i := 1; i+1 < len(s); i++ {
		if s[i+1] != ' ' || s[i] != '.' && s[i] != '!' && s[i] != '?' {
			continue
		}
		if s[i] == '.' {
			w := s[strings.LastIndexByte(s[:i], ' ')+1 : i]
			if len(w) > 0 && len(w) <= 3 && !digit(w[len(w)-1]) && w != "ini" && w != "itu" {
				continue
			}
		}
		return s[:i+1], strings.TrimSpace(s[i+2:])
	}
	return s, ""
}

func startsWith(low string, list []string) bool {
	low = strings.TrimLeft(low, "*•-·\"'( ")
	for _, p := range list {
		if strings.HasPrefix(low, p) && (len(low) == len(p) || !letterAt(low, len(p))) {
			return true
		}
	}
	return false
}

// statusOf reads a status word: "success", "failed", "pending" or "".
func (x *Extractor) statusOf(v string) string {
	low := " " + strings.ToLower(v) + " "
	switch {
	case has(low, x.phrases["failed"]):
		return "failed"
	case has(low, x.phrases["unpaid"]), has(low, x.phrases["pending"]), strings.Contains(low, "diproses"), strings.Contains(low, "process"):
		return "pending"
	case has(low, x.phrases["success"]):
		return "success"
	}
	return ""
}

// classify says what kind of mail this is. The order is that of harm: what must
// never be booked is looked for first.
func (r *reading) classify() (Kind, string) {
	if r.who.issuer != nil {
		for _, k := range r.who.issuer.Kinds {
			if k.Match.met(r.env.from.address, r.subject, r.low) {
				return k.Kind, or(k.Reason, "rule."+string(k.Kind))
			}
		}
	}
	if r.code() {
		return KindOTP, "kind.otp"
	}
	status := r.status()
	p := r.x.phrases
	facts := r.facts()
	subjectOK := r.x.statusOf(r.subject) == "success"
	switch {
	case has(r.subject, p["statement"]) && !subjectOK && status != "success":
		return KindStatement, "kind.statement"
	case facts < 3 && r.selling() >= 5:
		return KindPromo, "kind.promo"
	case has(r.subject, p["aside"]):
		return KindNotice, "kind.notice" // speaks of an earlier transaction
	case r.specimen():
		return KindOther, "text.example"
	case strings.HasSuffix(r.subject, "?") && facts < 6 && status != "success":
		return KindNotice, "kind.notice" // a record asks nothing
	case r.terms():
		return KindPromo, "kind.promo"
	}
	if k, why := r.unsettled(status); k != "" {
		return k, why
	}
	if r.anySaid("teaching") && (r.who.issuer == nil || r.promoting()) {
		return KindOther, "text.example"
	}
	switch {
	case r.looksLikeStatement():
		return KindStatement, "kind.statement"
	case r.owed() && status != "success" && !subjectOK && !r.done():
		return KindPending, "invoice.due"
	case r.promoting() && facts < 2:
		return KindPromo, "kind.promo"
	case has(r.subject, p["notice"]) && facts < 5:
		return KindNotice, "kind.notice"
	case r.promoting() && facts < 4:
		return KindPromo, "kind.promo"
	case status == "success" || subjectOK || r.done() || r.saysSuccess() || r.record():
		return KindTransaction, ""
	case has(r.subject, p["otp"]):
		return KindOTP, "kind.otp"
	case r.anySaid("notice"):
		return KindNotice, "kind.notice"
	}
	return KindOther, "status.none"
}

// status is what the mail's own status field says.
func (r *reading) status() string {
	for _, p := range r.pairs {
		if p.field == fieldStatus {
			if s := r.x.statusOf(p.value()); s != "" {
				return s
			}
		}
	}
	return ""
}

// unsettled finds what did not happen or not yet.
func (r *reading) unsettled(status string) (Kind, string) {
	p := r.x.phrases
	subject := r.x.statusOf(r.subject)
	switch {
	case status == "failed":
		return KindFailed, "status.failed"
	case has(r.subject, p["unrefunded"]) && !has(r.subject, p["refunded"]), !has(r.low, p["refunded"]) && r.anySaid("unrefunded"):
		return KindPending, "refund.not_yet"
	case r.refunded():
		return "", ""
	case subject == "failed" && !has(r.subject, p["reversal"]):
		return KindFailed, "status.failed"
	case status == "pending":
		return KindPending, "status.pending"
	case status == "success":
		return "", ""
	case has(r.subject, p["upcoming"]):
		return KindNotice, "debit.upcoming"
	case subject == "pending", r.anySaid("unpaid"):
		return KindPending, "status.pending"
	case subject == "success":
		if r.failedIntro() {
			return KindFailed, "status.failed"
		}
		return "", ""
	case r.anySaid("failed") && !has(r.subject, p["reversal"]):
		return KindFailed, "status.failed"
	case r.upcoming():
		return KindNotice, "debit.upcoming"
	case r.anySaid("pending") && !r.saysSuccess():
		return KindPending, "status.pending"
	}
	return "", ""
}

// failedIntro tells that the first sentences speak of a failure, whatever the
// subject says.
func (r *reading) failedIntro() bool {
	for _, s := range r.said[:min(len(r.said), 4)] {
		if has(s, []string{"tidak berhasil", "gagal", "belum berhasil", "ditolak", "declined", "unsuccessful", "failed"}) {
			return true
		}
	}
	return false
}

// upcoming tells that a sentence with money in it speaks of what will be.
func (r *reading) upcoming() bool {
	for i, s := range r.said {
		if has(s, r.x.phrases["upcoming"]) && (len(amounts(r.sentences[i], false)) > 0 || !r.saysSuccess()) {
			return true
		}
	}
	return false
}

// refunded tells that money came back already.
func (r *reading) refunded() bool {
	return has(r.subject, r.x.phrases["refunded"]) || r.anySaid("refunded") && strings.Contains(r.low, "refund")
}

func (r *reading) anySaid(list string) bool {
	for _, s := range r.said {
		if has(s, r.x.phrases[list]) {
			return true
		}
	}
	return false
}

// saysSuccess tells that a sentence states that it happened.
func (r *reading) saysSuccess() bool { return r.anySaid("success") }

// record tells that an issuer's mail is a record of a transaction though it
// never says "successful".
func (r *reading) record() bool { return r.who.issuer != nil && r.facts() >= 8 }

// done tells that the layout's mails exist only after a success.
func (r *reading) done() bool { return r.layout != nil && r.layout.Done }

// looksLikeStatement knows a bill or a summary by what only they have.
func (r *reading) looksLikeStatement() bool {
	least, due := false, false
	for _, p := range r.pairs {
		least = least || strings.Contains(p.label, "minimum") && p.field == fieldSkip
		due = due || strings.Contains(p.label, "jatuh tempo") || strings.Contains(p.label, "due date")
	}
	if has(r.low, r.x.phrases["takings"]) && has(r.low, r.x.phrases["spendings"]) && r.status() == "" {
		return true
	}
	return least && due || r.anySaid("statement") && r.facts() < 4 && !has(r.subject, r.x.phrases["success"])
}

// owed tells that a label names a day, still to come, by which to pay.
func (r *reading) owed() bool {
	for _, p := range r.pairs {
		if !has(p.label, []string{"jatuh tempo", "due date", "bayar sebelum", "batas bayar", "batas pembayaran", "batas waktu", "pay before", "pay by"}) {
			continue
		}
		for _, st := range stamps(p.value(), r.order()) {
			if st.hasDate && (r.env.date.IsZero() || st.in(r.env.zone).After(r.env.date)) {
				return true
			}
		}
	}
	return false
}

// facts counts what only a record of a transaction has.
func (r *reading) facts() int {
	weight := map[field]int{fieldTotal: 2, fieldAmount: 2, fieldDate: 2, fieldReference: 2, fieldAccount: 1, fieldMerchant: 1, fieldFrom: 1, fieldStatus: 2, fieldFee: 1, fieldType: 1}
	n := 0
	for _, p := range r.pairs {
		w := weight[p.field]
		if w == 0 || (p.field == fieldTotal || p.field == fieldAmount) && !worth(p) || p.field == fieldDate && len(stamps(p.value(), dayFirst)) == 0 {
			continue
		}
		if p.field == fieldStatus && r.x.statusOf(p.value()) == "" {
			continue
		}
		n += w
		weight[p.field] = 0
	}
	for _, s := range r.sentences {
		if lastDigits(s, true) != "" && len(amounts(s, false)) > 0 {
			return n + 4 // "... kartu **** 3316 di TOKO sebesar Rp 1.000"
		}
	}
	return n
}

func worth(p pair) bool {
	a, ok := firstAmount(p.money())
	return ok && !a.amount.IsZero()
}
