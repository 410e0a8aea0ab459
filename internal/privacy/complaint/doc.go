// Package complaint takes what people find wrong with how their data is treated,
// and sees to it that each complaint is acknowledged, looked into and answered in
// writing within the times of the notice.
//
// It owns the cases, what was said in them, and their remedies. A case has a
// number that cannot be guessed; it never loses a step: what happened is added and
// not changed. It must never let somebody decide a case who filed it or whom it is
// about, send an answer without the ways that are left to the person, or close a
// case whose answer was not sent.
//
// # The way of a complaint
//
//	filed         it came in: by the person's page, REST, mail, the open form, or
//	              written down by an officer who was called or written to
//	acknowledged  the person has the number; at filing where there is a way to
//	              tell them, else when an officer says so
//	found         the inquiry ended: upheld, partly upheld or unfounded, with
//	              grounds, and the remedies that follow
//	answered      the written answer went out
//	withdrawn     the person took it back
//
// Three deadlines run from filing: acknowledge, decide, reply (notice:
// complaints). An extension of the last two has a reason and a new date, and the
// person is told before the old date passes.
package complaint
