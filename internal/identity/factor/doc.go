// Package factor keeps and verifies the second factors of an account: one-time
// codes of an app (TOTP, RFC 6238), recovery codes, and passkeys (WebAuthn).
//
// It works in the transaction of its caller, package identity, which counts the
// tries, opens the sessions and tells the person.
//
// # What it promises
//
//   - A code is good once: of two uses at the same moment one wins, and an older
//     code than the last one is refused (compare-and-set on the counter).
//   - The key of the codes is sealed under the person's own key. Recovery codes
//     are kept as keyed hashes alone, and passkeys as public keys.
//   - A challenge is made here, good for minutes, for one purpose, one person and
//     one answer.
//   - A passkey answers to the origin of the service alone, and only with its user
//     verified by the device: it counts as two factors.
//
// # What it must never do
//
// Open a session, speak to a page, or say to whom a factor belongs before its
// proof was right.
package factor
