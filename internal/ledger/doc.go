// Package ledger keeps the books of every product that counts money: double
// entry, one engine for a family and for a school.
//
// # What it promises
//
//   - The postings of an entry sum to zero in each currency, so all postings of
//     a tenant do. Amounts are exact int64 minor units; what would not fit is
//     refused. After an error the caller gives the transaction up.
//   - A posting is never changed. A mistake is mended by a reversing entry
//     ([Reverse]), or by that and a new entry ([Correct]). Both are dated as the
//     entry that they mend, so that the month it fell in comes out right;
//     CreatedAt says when the mending was done.
//   - A source is booked once in a tenant: [Post] with a source that exists gives
//     back the entry that is there.
//   - Sums by account and month are kept with the entry in its transaction
//     (table ledger_months), so a month view costs the same over ten entries and
//     over a million. Without them it would read every posting of the months
//     shown, even from a covering index.
//
// Debits are positive, credits negative. Assets and expenses grow by debits;
// liabilities, income and equity by credits.
//
// All functions take a transaction of the store and see its tenant alone. Two
// entries in one transaction may meet two others the other way round: on
// PostgreSQL one of the two then fails with fault Unavailable and is to be tried
// again, as every job is.
//
// # What it must never do
//
// Know what an entry is about. Convert currencies. Hold a float. Import a product.
package ledger
