// Package statement reads statements of cards and bank accounts: PDF files, with
// a password or without, text with columns, and CSV. It uses no network, no
// database and no clock, and keeps nothing.
//
// # The way through
//
// Reader.Read finds out what the bytes are. pdf gives words with their places,
// page.go makes lines of them. rule.go decides by the words of the paper whose
// statement it is (rules/*.yaml); general.yaml has what is common to all and
// reads what no rule knows. head.go finds dates and amounts beside or below
// their labels, rows.go the lines that begin with a date and end with an
// amount, under the columns that table.go found. sign.go decides by arithmetic
// what the print leaves open, and holds the rows against the balances.
//
// # What it promises
//
//   - A sign that the print states is never changed. Where it states none,
//     a reading is taken only if it is the one that the balances allow.
//   - Checks.BalanceAddsUp is true only where previous balance and rows give the
//     new balance to the last digit.
//   - What is not on the paper is absent. A date without a year gets that of the
//     statement, turned back where December is read in January; where nothing
//     tells the year, the statement is refused.
//   - The password is used to open the file and kept nowhere.
//   - Scripts in a PDF are not run, attachments not opened; Statement says that
//     they are there.
//
// # What it must never do
//
// Write a name, a number or a text of the paper into an error or a log.
//
// # Adding a bank
//
// docs/statements.md.
package statement
