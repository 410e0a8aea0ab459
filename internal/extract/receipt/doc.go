// Package receipt makes facts of what stands on a shop's receipt: merchant, day,
// items, sums, how it was paid. It reads an [ocr.Page] or plain lines of text.
//
// It owns the knowledge of how Indonesian receipts are written (folder knowledge:
// the words beside sums, chains of shops, what stands in headers), the reading of
// numbers and dates as tills print them, and the arithmetic that decides between
// two readings.
//
// # What it promises
//
// What is not certain is left out and named in Facts.Unsure, so that somebody can
// be asked. A sum is stated with the checks that it passed. The same input gives
// the same facts: it has no clock, keeps nothing and asks nobody.
//
// # What it must never do
//
// Take a person for a merchant or an item: cashiers, members and guests are other
// people. They are listed apart in Facts.People, with the line they stand in, so
// that the caller can drop or mask them. Put text of a receipt into an error.
package receipt
