// Package hold keeps data from being removed while a case, an investigation or a
// duty needs it.
//
// # What it owns
//
// The holds of a service: about whom, which workspace, which categories, data of
// which time; why, who ordered it, when it is looked at again. It tells the person,
// unless the law forbids that for a named reason and until a named day.
//
// # What it promises
//
// A hold beats retention and erasure. The exact rule: whoever removes asks Lock
// inside the transaction that removes. Lock and Place take the same row of the
// home, so one of them is first. Nothing that a hold covers goes in a transaction
// that commits after the hold did; what a transaction before it removed is gone,
// and an erasure that had begun writes into the hold what had gone (Gone). A step
// that is no transaction (a key) runs while Lock is held.
//
// Lifting a hold lets go on by itself what waited for it: the next sweep and the
// unfinished erasures look again, at once.
//
// # What it must never do
//
// Let a hold stand without a reason, a name and a day of review; show a hold that
// the person must not know of in the person's own pages or copy; decide anything
// else than that data stays. A hold allows nobody to look at the data.
package hold
