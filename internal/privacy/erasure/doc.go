// Package erasure carries out the deletion of a person: keys first, then rows,
// files and whatever else, from the data map alone, and proves it by a signed
// receipt.
//
// It owns the orders and their proofs. It must never keep personal data in a
// proof, finish an order before it has counted that nothing is left, or know a
// module.
//
// # The way of an order
//
// The order is a row, committed before anything happens. Each step can be done
// again without harm; what step was done last is in the row, but for brief ones in
// front of the key, which are done again. Whoever finds an unfinished order (Resume:
// at the start, and by a job) goes on behind it, on any node.
//
//	asked        each processor that got data of the person has a task: to erase
//	             it and to answer
//	told         the person is told, with a signed receipt of the order, while
//	             the address can still be read
//	handed       what the workspaces of several owners keep under the person's
//	             name goes to another owner
//	key          the person's key, and the keys of the workspaces that nobody
//	             else owns, are destroyed: everything sealed is unreadable from
//	             now on, in the database, its log, the files and every copy
//	sessions     all sessions end
//	workspaces   the workspaces that nobody else owns go, with all that is in them
//	rows         rows that name the person alone go; of rows that name others too
//	             the person is taken out
//	files        the person's files go
//	verified     every table is asked whether it still names the person
//	compacted    the database overwrites what was removed, as far as it can
//	done         the final receipt is signed; the order becomes the proof
//
// # The proof
//
// A finished order holds no personal data: a pseudonym (the blind index of the
// person's id under the home's index key, which answers "was this one erased?"
// and nothing else, as after the restore of an old backup), times, ground, counts
// by category, and the receipt. It is kept as long as the notice keeps
// erasure.proof.
//
// # The six fields of the receipt
//
// PP 33/2026 Article 87 wants six facts told of an erasure; the wording has to be
// checked against the official text. The receipt says: what (categories and
// counts), when (ordered and done), ground (why, with the article), how (the
// method), by (who ordered it and who answers for it), consequences (what cannot
// be undone and what remains).
//
// Beside them stand what remains, why and until when (Stays), and who else got data
// and what became of it (Others). The same words stand in the letter.
//
// # Others who got data
//
// A processor of the notice that got data, by the record of transfers, is asked
// before the person is told. Officers keep its answer on the page of the order. The
// order does not wait for it: what is here goes at once. A target that the person
// chose is no processor: the grant for it is taken back, and what it got stays
// there.
//
// # What cannot be promised
//
// Copies of the database that were taken earlier keep their rows; what is sealed
// in them no longer opens, what was stored in plain (times, states, amounts)
// stays readable there until the copy goes. PostgreSQL keeps old row versions
// until its vacuum. Overwriting on an SSD or in a cloud is best effort; the
// destroyed key is what counts.
package erasure
