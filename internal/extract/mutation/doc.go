// Package mutation reads the files of movements that banks and wallets hand out
// ("mutasi rekening"): text with columns, in any of the spellings that are met in
// Indonesia. It uses no network, no database and no clock but the one it is given,
// and it keeps nothing.
//
// # The way through
//
// Open finds the characters (UTF-8, UTF-16, Windows-1252) and what parts the
// columns (comma, semicolon, tab, bar). Look reads the beginning: it finds the
// header among the lines before it, the account, the bank and the period, and
// suggests a Mapping, from the layout of a known bank (rules/*.yaml) or from the
// words of the header. Reader.Next gives one row or one *Bad at a time; memory
// does not grow with the file.
//
// # What it promises
//
//   - A number is read exactly or not at all: what could be two amounts is Bad.
//   - One bad line spoils no other, also where it opens a quote and never closes it.
//   - Lines that are no movement (opening balance, totals, what the bank still
//     calls pending) are counted as skipped, not as bad.
//   - A *Bad holds a line number and a reason, never what stood in the line.
//
// # What it must never do
//
// Guess a direction: where no column says whether money came or went, the mapping
// is not complete and a person chooses.
//
// # Adding a bank
//
// Write rules/<id>.yaml: the header cells that only its files have, and which
// column is what. `source` says whether the layout is documented (by public
// programs that read the bank's files) or assumed from how its pages look. An
// assumed layout only names the issuer and the columns; a person still sees the
// preview first.
package mutation
