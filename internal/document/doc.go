// Package document writes tables and letters as files: CSV, XLSX and PDF.
//
// # What it owns
//
// The layout of files that people download or get by mail, and the two fonts
// (DejaVu Sans Condensed, licence in font/LICENSE) that PDF files carry.
//
// # What it promises
//
//   - Rows are pulled one at a time. CSV and XLSX hold one row in memory, whatever
//     the length; nothing is put down on a disk in between.
//   - An amount is written exactly, never by way of a floating point number.
//   - What a person or a mail wrote never becomes a formula of a spreadsheet.
//   - The same table and the same time give the same bytes.
//
// # What it must never do
//
// Read the clock, the database or the network; know what the rows mean.
package document
