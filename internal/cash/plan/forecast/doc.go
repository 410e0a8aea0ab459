// Package forecast says what a family can still save in a month, and of what that
// is made, line by line.
//
// It owns the arithmetic: which income and bills are regular, what is usually
// spent in the days that are left, how far that may be off. It is pure: what came
// in and went out, what is planned, and a day go in; a figure and its reasons come
// out. It knows no database, no clock and no person.
//
// # What it promises
//
//   - The reasons add up to the amount, exactly, and so do their bounds.
//   - The same history gives the same answer, in whatever order it comes.
//   - Nothing is guessed from less than MinDays days of history: then it says so.
//   - One currency at a time. Nothing is converted.
//
// # How
//
// Regular is what came at least three times (twice, if the amounts hardly differ)
// in the same kind, merchant and band of amounts, with the same pause of a week,
// two weeks or a month, and has not stopped. What is not regular is usual spending:
// of each category the median of the last full months, for the days that are left.
// Income that is not regular is not expected.
//
// It must never be a black box, nor call itself certain.
package forecast
