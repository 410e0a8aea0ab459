// Package phone proves that a person can be reached at a telephone number: the
// person gives it, gets a code of six digits there, and writes the code down here.
//
// It owns the numbers and the codes. They lie in the service's home; a number is
// sealed under its person's key.
//
// # What it promises
//
//   - A number is a person's only after a code that was sent to it came back.
//   - A code works once, for ten minutes, for one person and one number, and
//     after five wrong ones no more. A new code makes the old one worthless.
//   - Codes are kept as keyed digests: the database alone does not tell them.
//   - How often codes are sent is limited by person, by number and by network, so
//     that nobody's telephone is flooded and nobody's bill.
//
// # What it must never do
//
// Put a number or a code into an error, a log or an address. Send while a
// transaction is open.
package phone
