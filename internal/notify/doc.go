// Package notify tells a person what they must know: one call makes one notice
// in the service's pages and one letter.
//
// # What it owns
//
// The notices, who has read them, and their letters. The words belong to the
// module that tells: a message names a key, and the catalogue has the sentences
// <key>.title and <key>.text, and <key>.act where it leads to a page.
//
// # What it promises
//
//   - The notice stands in the transaction of what happened: there is none of
//     what was rolled back, and none is lost.
//   - What has the same Once is told once, however often it happens, for as long
//     as the notice is kept.
//   - The letter follows from a job. A crash between sending and noting it may
//     send it twice, never not at all.
//   - A notice that was read stays to be read again until its time is over.
//
// # What it must never do
//
// Put what the notice says into a log or a URL. Write to an address that the
// person does not own: it asks for the account's address at the time of sending.
package notify
