// Package imap reads a person's own mailbox by IMAP: it signs in, finds what is
// new by UID, hands out mails, and waits for the next by IDLE.
//
// It knows no database and opens no connection by itself: the connection comes
// from a dial function. TLS is checked against the server's name; without TLS it
// speaks only with this very machine, for tests and the demo.
//
// It never changes anything in the mailbox: folders are opened with EXAMINE and
// bodies fetched with PEEK. What a server sends is bounded in size and time. A
// fault says what is wrong without what the server said, which may quote the
// mailbox: Unauthorized (imap.login), NotFound (imap.folder), Invalid
// (imap.certificate, imap.insecure, imap.not_imap), Unavailable (imap.unreachable,
// imap.broken).
package imap
