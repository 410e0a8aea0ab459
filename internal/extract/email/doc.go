// Package email turns the raw bytes of a bank's or e-wallet's mail (RFC 5322)
// into facts with a confidence. It uses no network, no database and no clock
// but the time of arrival that it is given, and it keeps nothing.
//
// It must never book on its own: it says what a mail claims and how sure that
// is, capture decides. It must never put a part of a mail into an error.
//
// # The way through
//
// open takes the mail apart (bounded: parts, depth, text). unwrap finds the
// issuer's own mail when a person forwarded it, inline or attached. judge weighs
// the sender. readHTML and readPlain make segments, the lines and cells a person
// sees; pairs finds labels and their values in them; classify says what kind of
// mail it is, harm first; transactions builds the facts. The page is read before
// the plain text, which counts only where the page says too little.
//
// # What the confidence means
//
// It is a product of evidence, each piece between 0 and 1:
//
//   - sender: 1 issuer's domain, authenticated; 0.97 issuer quoted in a forward;
//     0.93 issuer's domain, nobody checked; 0.9 other domain, authenticated;
//     0.88 other domain, forwarded; 0.84 other domain, nobody checked; at most
//     0.7 where a check was made and nothing passed, or a forward hides the
//     address; 0.4 a private mailbox
//   - status: 1 stated by field or subject; 0.99 the mail is only sent after a
//     success; 0.97 a sentence says so; 0.6 nothing does
//   - amount: 1 total that equals its parts; 0.99 total alone; 0.98 one labelled
//     amount; 0.97 read from a sentence; 0.95 total below its parts; 0.9 an
//     amount that stands alone
//   - date: 1 in the mail; 0.98 without time of day; 0.94 only the mail's own
//     Date; 0.85 far from the mail's own Date
//   - merchant: 1 labelled; 0.98 from a sentence; 0.97 from the subject
//     or the name of an unknown sender; 0.95 none
//   - layout: 0.8 without a trace of a record: no date, account, number or
//     labelled fields; an unknown issuer needs an amount with a label, a date and
//     one trace more
//
// From BookAt on a transaction may be booked. Below it, Reason names the weakest
// piece. Where it is the sender, the success or the layout that is doubted, the
// facts are in Held and the kind is no transaction.
//
// # Adding an issuer
//
// Write rules/<id>.yaml: id, issuer, version, the domains it sends from, the
// display names that only it may carry, the company name under its mails. Most
// need no more: labels and phrases that all share are in rules/words.yaml. Add a
// layout where a mail names no direction, has its own labels or says everything
// in one sentence (patterns with the groups amount, fee, merchant, account,
// date). Unknown keys are refused with line and column. Write its example mails,
// with invented people, to testdata/examples/<id>.yaml: the tests render each in
// many layouts and forwards, and fail for an issuer without examples. Raise
// version with every change: it stands in Result.Rule.
package email
