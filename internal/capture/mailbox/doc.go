// Package mailbox reads transaction mails out of a person's own mailbox.
//
// # What it owns
//
// The connected mailboxes: server, user, folder, the sealed password, and how far
// each was read. One worker a mailbox reads it, on one node of all. Its pages.
//
// # What it promises
//
//   - Only mails of known issuers, and of senders that the person named, are
//     fetched at all: of all others no more than the header's From, Subject and
//     Message-ID is looked at, and nothing is kept.
//   - A mail is durable before the mailbox counts as read up to it; the inbox takes
//     none twice. A crash at any point loses nothing and doubles nothing, also
//     where the server begins to count anew (UIDVALIDITY).
//   - What a mailbox's server says about a mail's sender proves nothing here,
//     unless it is one that is known to write that down itself: signatures are
//     checked anew, and what is not proven a person decides.
//   - A password that is refused is not tried again: the mailbox is paused, the
//     person is told once, in words.
//   - Disconnecting removes the password at once.
//   - A mailbox is its owner's alone: no other member of the workspace sees it.
//
// # What it must never do
//
// Change anything in the mailbox. Put an address, a password or what a server said
// into a log, an error or a URL.
package mailbox
