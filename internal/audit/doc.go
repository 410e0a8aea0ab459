// Package audit writes down who did what to whose data, in the transaction that
// did it, makes of it a log that nobody can change unseen, and shows people the
// part that is theirs.
//
// It owns the audit log (audit_entries, audit_blocks, audit_trees,
// audit_checkpoints), what is left of the chains of older programs (audit_log,
// audit_heads), and activity_log: what a person reads about the own account. That
// one is in no log that can be verified, and goes when its time is over. And
// read_log.
//
// It must never hold personal data beyond ids, take an act apart from its
// transaction, change an entry, or know a module.
//
// # One log for each service
//
// Record is one insert into the enclosure where the act happened; it waits for
// nobody. Within a minute Log.Order moves it into the service's home, behind all
// others, and Log.Checkpoint signs the log's size and root: every hour in which
// entries came, and before an export. Until an entry has its place, who may write
// to the database could still remove it unseen; until a checkpoint covers it, who
// may write could still change it. What a checkpoint covers nobody can change
// without the signing key, and not even with it unseen by somebody who kept an
// older checkpoint. That the newest end was cut off together with its checkpoints
// can be seen only by such a one: keep exports elsewhere.
//
// The tree is that of RFC 9162 (Certificate Transparency) as package tlog has it:
// a leaf's hash is SHA-256(0x00, leaf), a node's SHA-256(0x01, left, right). The
// checkpoints are signed notes (package note) with the key named "amanah.audit",
// which is the one that signs receipts.
//
// # A leaf
//
// Ten fields with a tab between them:
//
//	2, id, time (microseconds), actor kind, actor commitment, act, object, count,
//	purpose, subject commitment
//
// Who acted and whom it concerns enter as commitments: SHA-256 of 32 random
// bytes and the id's text (SHA-256 of nothing for nobody), in hexadecimal. The ids
// and the random bytes stand beside them until the person is erased or the term is
// over; without them nobody can tell from a commitment who it was, nor that two
// are the same person's, and the log still verifies.
//
// # Retention
//
// An entry's term begins when a checkpoint covers it. When its year is over its
// content is removed and its hash stays. Verify accepts an entry's absence only
// where the oldest checkpoint that covers it is itself older than the term: the
// sealed checkpoint stands for what was removed.
//
// # The read log
//
// read_log says who read which personal data: the store itself tells Reads of every
// transaction of a person, of staff and of an operator, so that no module can skip
// it. A row is one actor, credential and address reading one table about one person
// within an hour, or, where the store cannot tell about whom, a whole table of a
// tenant: rather more is said than was read, never less. It lies in the service's
// home, so that one question answers for all its workspaces ([Exposed]).
//
// It is written every 250 milliseconds, and at the end of the program: a kill loses
// at most what people read within them. What staff or an operator read is durable
// before the transaction that read it returns, and is refused where that fails.
// What jobs read is not in it: nobody sees that, and what leaves the program is in
// the record of transfers.
//
// The format of an exported log stands in docs/audit.md.
package audit
