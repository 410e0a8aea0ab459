// Package audit writes down who did what to whose data, in the transaction that
// did it, and shows people the part that is theirs.
//
// It owns two tables. audit_log is append-only: each row of a tenant holds the
// SHA-256 of the one before, so that a row that was changed, removed from the
// middle or put in later is found by Verify. activity_log is what a person reads
// about the own account (sign-ins, copies, mails handled, deliveries); it is not
// chained, and goes when its time is over.
//
// It must never hold personal data beyond ids, take an act apart from its
// transaction, change a row, or know a module.
//
// # The chain
//
// A row's hash is SHA-256 over these fields, each as its length (8 bytes, big
// endian) and its bytes:
//
//	"amanah/audit/v1", hash of the row before (32 zero bytes for the first),
//	tenant, sequence number (decimal), time (microseconds, decimal), actor kind,
//	actor commitment, act, object, count (decimal), purpose, subject commitment
//
// Who acted and whom it concerns enter as commitments: SHA-256 of 32 random
// bytes and the id's text (empty for nobody). The ids and the random bytes stand
// beside them until the person is erased or the term is over; without them
// nobody can tell from the commitment who it was, and the chain still verifies.
// Retention removes rows from the oldest end; the chain then begins at the first
// row that is left, whose "before" is known from it.
package audit
