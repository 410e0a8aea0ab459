// Package store keeps every row of Amanah in SQLite or PostgreSQL, from one
// query text, behind one transaction.
//
// # What it promises
//
// A [Tx] knows its tenant, its actor and its purpose. Without a tenant nothing
// is visible and nothing can be written; of another tenant's rows nothing is
// visible and none can be changed. That is not a habit of the callers, the
// engine does it:
//
//   - PostgreSQL: row-level security, enabled and forced on every table of the
//     data map, and an application role that owns nothing and cannot bypass it;
//     the tenant travels in the same round trip as BEGIN.
//   - SQLite: every connection sees, in place of each table, a temporary view
//     that shows one tenant's rows, and temporary triggers that refuse or skip
//     the others' (see sqlite_guard.go). They behave as PostgreSQL's policies do.
//
// What is sealed ([vault.Text], [vault.Bytes]) is sealed under the person's own
// key on the way in and opened on the way out; the columns hold ciphertext only.
//
// # The data map
//
// A stored struct embeds [Row] and says in tags what each column is. The map
// made from them ([NewMap]) is the only source for export, erasure, retention
// and the record of processing. A field without a tag, or a column of the
// database that no field names, stops the start.
//
// # Writing queries
//
// Placeholders are $1, $2, … ; tables are named plainly; statements end in
// nothing. Both engines run the same text: avoid what only one has. Only values
// that are bound reach the engine, so no personal data stands in a query text.
//
// Never open a transaction inside another: ask before, and pass the answer in.
// The tests' store has one reading connection, so that this cannot go unseen.
//
// # What it must never do
//
// Hand out a connection. Log a value. Import a product.
package store
