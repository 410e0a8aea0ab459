// Package bearer lets people's programs in: access tokens of an hour with refresh
// tokens of thirty days, and personal tokens that a person makes, names and ends.
//
// A program that signs in has a session like a browser: it stands in the list of
// sessions, and ending it there ends its tokens.
//
// # What it promises
//
//   - An access token is signed with Ed25519, for one service, for an hour. Its
//     number and that of its session are held against the block list at every
//     request, and what its person may do is read then too, so that a revocation or
//     a lost role counts at once, on every node.
//   - A refresh token works once. One that comes a second time was stolen, or was
//     used by a thief first: its session ends with all tokens, and the owner is told.
//   - Refresh and personal tokens are 256 random bits, kept as SHA-256. A personal
//     token is shown once; it lasts a year at most.
//   - A session that lacks a second factor gets no token.
//   - The numbers of what was revoked are kept for thirty days.
//   - Calls are counted by token and day; a call leaves no row of its own.
//
// # What it must never do
//
// Take the algorithm or the key from a token. Let a token make another that may
// more. Put a token into a log, an error or an address.
package bearer
