// Package demo makes the demo's two months of a believable life: the mails that
// banks and wallets would have sent to an invented person, from a fixed seed.
// They enter by SMTP as any mail does; no row is inserted.
//
// Every person, number and reference in it is invented.
package demo
