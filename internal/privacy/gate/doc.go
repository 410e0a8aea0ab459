// Package gate answers, before every use, whether a purpose is open for a person
// and a category: purpose x person x category -> allowed or not.
//
// It owns the stops: that a person withdrew, objected, had the processing
// restricted, or is closing the account. They lie in the home of the person's
// service; consents (package consent) count too. What a notice allows comes
// compiled from notice.Policy, what a person chose is held in memory, so that the
// answer costs no look-up in the database and no allocation.
//
// # What is closed
//
//   - A purpose that the notice does not name is closed for everybody, and a
//     category for a purpose that the notice does not name for it.
//   - A purpose of consent is closed until a consent stands.
//   - A purpose that was stopped is closed until the stop is lifted. A stop of
//     purpose "" closes all but Rights and Security, and leaves storing: see
//     store.Scope.Keep. While an account is closing only Rights is open.
//
// # How soon
//
// A stop holds on this node when its transaction is committed, and on the others
// of one PostgreSQL within milliseconds: they are told by NOTIFY. Each node proves
// every few milliseconds that it still hears. One that does not, asks its
// transactions to wait, and refuses them if that lasts: what it cannot know is
// closed.
//
// # Who asks
//
// The store, when a transaction opens and when a person's value or file is sealed
// or opened (Gate is its store.Gate), and the door out, before anything leaves.
// No module has to ask, and none can go around. See docs/gate.md.
//
// It must never let something pass because it does not know, and never put a
// person's data into a fault.
package gate
