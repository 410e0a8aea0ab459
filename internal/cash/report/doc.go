// Package report says what a family's entries add up to: a month at a glance, by
// category, member and merchant, twelve months beside each other, budgets against
// what was spent, and what the family is worth.
//
// It owns the report's page and call, and a job that tells each member on the first
// days of a month what the last one came to. It reads what cash booked, as one
// person sees it, and changes nothing of it.
//
// # What it promises
//
//   - Each figure is the sum of the entries that the person sees: what is private
//     of others is in none.
//   - Currencies are never added up together.
//   - Months, categories and worth are read from sums that the books keep, so their
//     cost does not grow with entries.
//
// # What it must never do
//
// Put a name or an amount into a log, an error or an address. Compare families.
package report
