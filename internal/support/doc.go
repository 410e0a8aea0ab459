// Package support is customer service: people ask, staff answer.
//
// # What it owns
//
// Tickets and what is written in them, leave to look at data that a person gives
// to staff for a time, and each look that staff took.
//
// # What it promises
//
//   - Staff see what a person wrote in a ticket, and nothing else about them: no
//     name, no address, no transaction. More is shown only where the person gave
//     leave for just that, while it holds, and with a reason that staff types.
//   - Each look stands in the audit chain and in the person's own log, and on the
//     ticket's page, with its reason, before anything is shown.
//   - A leave ends by its time, by the person at any moment, and with the ticket.
//   - A mail opens a ticket, or goes on with one, only for the account whose
//     address it provably comes from.
//
// # What it must never do
//
// Know a product: what staff may be shown comes through View. Let staff of one
// service see tickets of another.
package support
