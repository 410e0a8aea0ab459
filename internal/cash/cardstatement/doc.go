// Package cardstatement takes statements of credit cards in and holds them against
// a family's books, until a person has decided about every line.
//
// # What it owns
//
// The files as they came, the rows that were read in them, which card is which
// account of the books, and what people decided about each row. Its pages and
// calls.
//
// # What it promises
//
//   - A file is sealed before it is looked at. It is destroyed at once where it is
//     no statement, and after the notice's term otherwise.
//   - A password is used for the one try that it was typed for. It is stored
//     nowhere and stands in no log and no error. Tries are counted before the file
//     is opened: ten wrong ones destroy the file and bar it for a day.
//   - A file is read once, however often the reading was begun.
//   - Nothing is booked before a person said so. A row is booked once: its source
//     is the row.
//   - What is matched is worked out anew each time it is looked at, from the books
//     as they are. Only decisions are stored, and each can be taken back.
//   - "Zero difference" is said where the sum of the rows is the sum of their
//     entries to the last digit and no row and no entry is left open.
//
// # What it must never do
//
// Put a row, an amount, a name or a card's digits into a log, an error or an
// address. Show a statement to whom its account is not shown.
package cardstatement
