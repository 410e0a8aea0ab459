// Package retention removes what the notice says has been kept long enough, and
// writes down that it did.
//
// It owns the sweep and the record of destruction. It must never remove what is
// not due, decide by anything but the notice and the data map, or put personal
// data into the record.
//
// # When a row is due
//
// For each category of a table the notice has a term: an event and a period. The
// moment of the event is the row's own where the table has a clock for it
// (clock:"captured:at"), else the person's (account.closed and the like), which
// Events tells. "while account.active" is due when the account is closed,
// "while account.active, then P30D after account.closed" thirty days later,
// "until x, at most P" at whichever comes first. Periods follow the calendar.
// A row whose clock is NULL has not begun to age.
//
// A row often holds categories with different terms. It goes whole when the last
// of its categories is due. Before that, the columns of a category that is due
// are emptied and the row stays; columns that are clocks or name people stay as
// long as the row, because the other terms need them. So what the notice says of
// a category is kept to the day for its content, and a time may outlive the
// content it belonged to.
//
// A category that the notice keeps for ever, does not declare, or whose event
// nobody can tell, holds the row; the report lists it under "skipped".
//
// The row that tells an event of people (a closed account) stays, emptied, until no
// term of the notice counts from it any more.
//
// Rows that name several people age with all of them: an event of a person counts
// when it happened to everyone whom the row names.
//
// Rows go in batches, each in a transaction of its own together with its line of
// the record: after a crash the record is exact and the next sweep goes on.
package retention
