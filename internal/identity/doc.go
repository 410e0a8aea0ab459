// Package identity knows who is there: accounts, passwords, sessions, and the
// mails that prove an address. Other modules meet it as a Principal.
//
// All of its rows lie in the home of a service; an account belongs to one
// service and is never shared with another. A person's names and addresses are
// sealed under that person's key and found again by a blind index.
//
// # What it promises
//
//   - Nobody learns from it whether an address has an account: sign-up, password
//     reset and resending answer the same for every address, a sign-in fails
//     with one sentence and takes as long for an unknown address as for a wrong
//     password.
//   - A session is looked up in the database at every request. One that was
//     ended is refused at once, on every node.
//   - Tokens (sessions, verifications, invitations) are kept as SHA-256 hashes of
//     256 random bits; those that come by mail work once.
//   - Guesses wait longer and longer, but a stranger can delay the true owner by
//     a minute at most, never lock the account (see attempt.go).
//
// # Passwords
//
// The stored value is bcrypt(base64(SHA-256("amanah password v1\x00" || password))),
// cost 12 or more. bcrypt alone reads 72 bytes and stops at a NUL byte; hashed
// first, every byte of a password counts. The prefix keeps the inner hash apart
// from those in the leaked lists of other programs.
//
// # What it must never do
//
// Import a module of privacy: what was accepted is recorded through the interface
// Consents. Let a name, an address or a token into an error, a log, or the text
// of a mail to somebody else.
package identity
