// Package target knows the ways in which a person's transactions leave: what a
// target wants ([Filter]), in which form ([Mapping], [Template]), and how each
// [Kind] of target carries one delivery. It knows no database: capture keeps
// targets and deliveries, and hands in the way out.
//
// # What it promises
//
//   - Every kind passes one conformance suite: a delivery keeps its event id over
//     all attempts, an answer that is no says why in a key that a person can be
//     shown, and nothing that a merchant is called breaks out of its place in a
//     JSON, a header, a message or a cell.
//   - A kind that can tell does not deliver twice: HTTP receivers get the event id,
//     a spreadsheet is asked for the row before one is added.
//   - A target that will not take anything again by itself (grant revoked, chat
//     blocked, spreadsheet gone) says so at once, instead of failing for a day.
//
// # What it must never do
//
// Open a connection: everything leaves through [To.Carry]. Put a secret, an
// address or a transaction into a fault.
package target
