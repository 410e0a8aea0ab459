// Package capture is the product of the service CTT: transaction e-mails become
// entries of the books and go on to the targets that the user set up.
//
// # What it owns
//
// Agent addresses, what was captured and what waits for review, the names of
// merchants and accounts, targets and their deliveries, and the pages that show
// them. Mails themselves belong to inbox, sums to ledger.
//
// # What it promises
//
//   - One movement of money is one entry: the same mail twice, or the bank's own
//     and a forward of it, is booked once; what only looks alike waits for a
//     person as "the same or another?".
//   - Nothing of a doubtful sender and nothing below email.BookAt is booked
//     without a person.
//   - An entry, its captured row, its deliveries and their jobs are one transaction.
//   - A delivery keeps its event id over all attempts and replays. It says what the books say
//     at the time of sending. Nothing goes to a target before a test reached it,
//     nothing to one that was removed.
//   - What a mail said of names stands in no column in clear.
//
// # What it must never do
//
// Put a name, an amount or an address of a person into a log, an error or a URL.
// Open a connection: everything that leaves passes the Door.
package capture
