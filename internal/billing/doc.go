// Package billing makes invoices, takes payments, and knows what a customer may
// use. It is one engine for a subscription of a workspace and for the fees of a
// school: an invoice has a debtor, lines, a due date and payments; a subscription
// is one user of it.
//
// # What it owns
//
// Debtors, invoices and credit notes, the books of what is owed and was paid,
// charges at payment providers, plans and subscriptions, counts of use, and the
// pages of customers and of the issuer's staff. The issuer is the enclosure that
// the rows lie in: a service's home for its subscriptions, a school's own for its
// fees.
//
// # What it promises
//
//   - Numbers of invoices have no gap in an issuer's year: the number is taken in
//     the transaction that writes the invoice.
//   - Amounts are exact. A line is quantity times price, less its discount; taxes
//     are computed once an invoice and tax, on the sum of its lines. Each of these
//     results is rounded once, half away from zero, to what can be paid: whole
//     rupiah (minor units in other currencies).
//   - What was issued is not changed. It is taken back by a credit note; only an
//     invoice on which nothing was paid can be made void.
//   - Each line of the books moves one amount from one account to another and is
//     never changed; the balance of an invoice is its moves, whatever order they
//     came in.
//   - A payment counts once by the provider's own number of it. Money that came
//     in is kept in every case: what no open invoice takes becomes credit or waits
//     for staff, with the reason.
//   - Over a limit, and when nobody pays, nothing is lost: what comes in is kept
//     and waits, pages stay readable, copies and closing stay possible.
//   - Without billing switched on nothing is limited and no page is shown.
//
// # What remains when a person goes
//
// The notice keeps invoices and payments ten years from the end of the fiscal
// year, because books have to be kept. So at erasure the debtor's name goes from
// every row (erase:"free"), the person's own texts become unreadable with the key,
// and the proofs of transfer and the debtor's card go. What stays is the invoice:
// number, dates, amounts, tax; and its paper, the invoice as it was issued, which
// names the debtor and is sealed with the issuer's key, not the person's. It goes
// with the year. A copy made by the person does not hold the paper, because it
// belongs to the issuer; it holds the same facts from the rows.
//
// Rows of an issuer that is a workspace go when that workspace is closed: whoever
// closes it takes the books along first.
//
// # What it must never do
//
// Write a name, an amount or a provider's message into a log or an error. Open a
// connection: providers are reached through the Door. Believe a callback whose
// signature it did not check.
package billing
