// Package cash is the product of the service JagaCash: a family's money, told by
// photographs of receipts, by messages in a chat, by forms and by programs.
//
// # What it owns
//
// A family's accounts, categories, entries with their items and shares, receipts
// with their pictures, the history of every change, and the pages that show them.
// A family is a workspace. The conversation in the chat is cash/chat; sums of
// money belong to ledger, what came in to inbox.
//
// # What it promises
//
//   - Every entry is booked on the ledger in the transaction that stores it, and
//     every change mends the books there: the sums of a month are those of its
//     entries.
//   - A source is booked once.
//   - What is unsure is asked and not booked.
//   - An entry that is private is seen by who entered it and by nobody else, in no
//     list, sum, search, file or call. A shared account's balance counts it.
//   - A picture lies sealed, without what the camera wrote beside it; its digest is
//     signed with the time at which it came.
//   - Names of people on a receipt are thrown away unless the person consented to
//     the purpose "others".
//
// # What it must never do
//
// Put a name, an amount or a note of a person into a log, an error or an address.
// Open a connection. Judge a person.
package cash
