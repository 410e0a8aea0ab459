// Package inbox receives. Anything that comes from outside is one committed row
// before it is acknowledged; it is deduplicated by its sender's id or its
// content, handled at least once with an effect once, in order within its
// conversation, tried again with growing pauses, and shown as a dead letter when
// that does not help.
//
// Order and "one at a time" come from one mechanism: a worker takes a
// conversation by its lease, not a message, and drains it by its sequence. The
// effect of a message and its state change are one transaction that also proves
// the lease, so a worker that was too slow writes nothing.
//
// It must never look into what it keeps, and never lose what it acknowledged.
package inbox
