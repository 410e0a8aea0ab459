// Package federate lets another service say who somebody is, by OpenID Connect:
// authorization code with PKCE (RFC 7636), state and nonce (OpenID Connect Core
// 3.1), the issuer's name in the answer (RFC 9207), an exact redirect (RFC 9700).
//
// It knows no tables and no pages. One try to sign in hangs on a Ticket, 256
// random bits that only the browser keeps, in a cookie: state, nonce and the
// verifier of PKCE are derived from it. So nothing secret is stored here, and an
// answer fits the browser that asked and no other. That a ticket is used once is
// for the caller to see to.
//
// # What it promises
//
//   - An Identity comes only out of an ID token that the issuer's published key
//     signed with RS256 or ES256, that names this client, this issuer and this
//     ticket's nonce, and that has not expired.
//   - Faults carry a key to show, and never a token, a code, an address of a
//     person or a text of the other side.
//
// # What it must never do
//
// Open a connection by itself (the HTTP client that it is handed is the door
// out), keep an access token, or take an identity from anywhere but the ID token.
package federate
