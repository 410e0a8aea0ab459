// Package egress is the one door out: the only place in Amanah that opens a
// connection to another machine.
//
// Before a byte leaves, the door asks the Authority whether the notice names
// this recipient for this purpose and these categories, and writes the transfer
// into the Ledger; afterwards it writes what became of it. It resolves a name
// once, refuses every address that is not public, and connects to exactly the
// address that it checked. It follows no redirect, uses no proxy, and cuts
// answers that are too long or too slow.
//
// It must never send what it could not write down first, and never put a host
// name, a URL or a body into an error or a log.
package egress
