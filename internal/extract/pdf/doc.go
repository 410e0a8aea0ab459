// Package pdf takes the text out of PDF files, with the place of each word, by
// PDFium in WebAssembly. It is the only package that knows PDFium.
//
// # What it promises
//
//   - What a file can cost is bounded before it is spent: bytes, pages, letters,
//     memory of the machine that reads it, and time.
//   - Scripts are never run, attachments never opened and nothing outside is
//     loaded: the machine has no files, no network and no script engine. That a
//     file has scripts or attachments is said in its Document.
//   - Each file is read by a machine of its own, which is thrown away after it.
//   - A wrong password is a fault of its own (IsPassword), so that a caller can
//     count tries. The password is kept nowhere and stands in no error.
//
// # What it must never do
//
// Write a file's text, its password or its name into an error or a log.
//
// The first file pays for the start of the machine: some seconds. Start it
// early with Warm where somebody waits.
package pdf
