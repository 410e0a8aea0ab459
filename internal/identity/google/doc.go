// Package google lets people come in with their Google account, and owns what
// that needs: which Google account belongs to which person, and the tries that
// are under way.
//
// # What it promises
//
//   - A Google account opens the account it was linked to, and no other. It is
//     linked only at a sign-up with it, or by a person who is signed in, by an act
//     of their own. An account is never found by its address alone: whoever has a
//     mailbox does not by that take over what somebody else made.
//   - A try belongs to one browser (the cookie oauth, ten minutes), and its answer
//     counts once.
//   - No token of Google is kept, and nothing is asked of Google but who somebody
//     is.
//   - A second factor that the account has, or must have, is asked for still.
//   - Who has no password cannot take this way in away from themselves.
//
// # What it must never do
//
// Believe an address that Google has not verified. Put a Google account's number
// or address into an error, a log or a URL.
package google
