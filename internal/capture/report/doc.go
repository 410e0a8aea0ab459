// Package report says what a workspace's transactions add up to, by month and by
// year, and holds that against the budgets that its people set.
//
// # What it owns
//
// Budgets, the pages of reports and budgets, and the files of both. It reads
// what capture booked; it changes nothing of it.
//
// # What it promises
//
//   - Every figure is the ledger's: what came in is the income booked, what went
//     out the expenses with their fees. Money between a person's own accounts is
//     in neither. A test holds both against each other over any bookings.
//   - Currencies are never added up together.
//   - A month begins and ends in the workspace's zone.
//   - A forecast is called one. It stands beside the figures, never in them.
//   - A budget warns once at four fifths and once when it is used up, each month.
//
// # What it must never do
//
// Put a name or an amount into a log, an error or a URL.
package report
