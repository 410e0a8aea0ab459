// Package reconcile holds the lines of a statement against the entries of a
// ledger. It is pure: no database, no clock, no network, and the same input gives
// the same answer in whatever order it comes.
//
// # The way through
//
// Reconcile sets apart what is no spending (payments of the bill, rows that take
// another back), then joins in this order: one line and one entry of the same
// amount (assign.go: the best of all assignments), sums (sums.go: a line of
// several entries, an entry of several lines), and what is of the same merchant
// and day but of another amount. merchant.go says how alike two names are.
//
// # What it promises
//
//   - Each line is in one set, and each entry is in one.
//   - An amount is joined to an equal amount only, except in Differing, which a
//     person decides.
//   - Proof.Difference is nought exactly where previous balance and lines give
//     the new one: what is matched, differing, missing, paid and cancelled
//     explains the balance to the last digit.
//   - Each decision has its reason: the key of a sentence (i18n/) and its
//     arguments, none of them a name.
//
// # What it must never do
//
// Book anything. Its result is a proposal; a person decides.
package reconcile
