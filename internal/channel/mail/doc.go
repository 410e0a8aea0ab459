// Package mail is the mail channel: an SMTP server that takes letters in for
// agent addresses, and the senders that carry letters of the service out.
//
// In: a letter is answered with 250 only after the Acceptor has made it
// durable. Unknown recipients are refused at RCPT, nothing is relayed, nobody
// signs in. DKIM, SPF, DMARC and ARC are looked at and the results travel with
// the letter; they never decide whether it is accepted. Memory is bounded: the
// bytes of all letters in flight come out of one budget.
//
// Out: a Sender writes one transactional letter, through a relay whose
// connection comes from a dial function handed in, or into a folder.
//
// It must never log or count an address, a subject or any text of a letter,
// never open a connection outward by itself, and never trust what a header of
// the letter claims about earlier checks.
package mail
