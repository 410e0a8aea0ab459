// Package importing is the way in of files: movements that a bank hands out as a
// table, and mails that were kept (.eml, .mbox).
//
// # What it owns
//
// The uploaded files until they are booked, how far each import is, what could
// not be booked, and the mapping of columns that a person confirmed, for the next
// file of the same layout. Its pages.
//
// # What it promises
//
//   - A file is sealed before it is looked at, and destroyed when it is done,
//     discarded, or refused.
//   - Each row is booked once: a run that was killed goes on where it committed
//     last, the same file is recognised, and the same row in another file too.
//   - Where a line cannot be booked, nothing is, until the person has seen which
//     lines those are and why, and says that the rest is wanted.
//   - Of a file of mails only those of known issuers are kept: a whole private
//     mailbox is never stored beyond the upload itself.
//   - A mail from a file proves nothing by the way it came: its signature is
//     checked, and without a valid one a person decides.
//   - Memory does not grow with the file.
//
// # What it must never do
//
// Put a line, a name or an amount of a file into a log, an error or a URL. Tell
// targets of imported history unless the person asked for it.
package importing
