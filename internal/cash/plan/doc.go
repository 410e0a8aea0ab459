// Package plan looks ahead with a family's money: what can still be saved this
// month, budgets, goals, what comes again and again, and who owes whom.
//
// # What it owns
//
// Budgets, goals and what was put aside for them, recurring entries and the dates
// that they fell due on, payments between members, and the pages and calls of all
// these. The arithmetic of the forecast is plan/forecast. Entries are cash's: it
// books them through cash.Service and reads what a person sees.
//
// # What it promises
//
//   - What can be saved is said line by line, and the lines add up to it.
//   - Who objected to the purpose "suggest" is told no forecast, and nothing is
//     concluded from their entries in the forecasts of others.
//   - A recurring entry is booked exactly once for each of its dates, in the
//     family's zone, also after the program stood still for a week.
//   - Currencies are never added up together, and no rate is made up: a person gives
//     it with a transfer.
//   - A goal of one's own and a recurring entry that is private are seen by their
//     person alone.
//
// # What it must never do
//
// Put a name, an amount or a note into a log, an error or an address. Open a
// connection. Call a forecast certain.
package plan
