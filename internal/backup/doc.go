// Package backup copies everything, keeps the copies for less than thirty days,
// proves each by a trial restore, and puts one back so that nobody who was erased
// since comes back with it.
//
// It owns the folder of the backups, the journal, and the record of each use. It
// must never put a key of a person into an archive, give an archive to the web,
// write anything from an archive that is not whole, or let a restored database
// serve before what happened since was repeated.
//
// # What lies in the folder
//
//	*.amanah-backup     archives: the database and the sealed files at one moment;
//	                    sealed under a key of their own that the master key wraps.
//	                    No key of a person or a tenant is in them
//	ring.amanah-keys    ONE copy of the key ring, the newest. Replaced by each
//	                    backup; a key that is destroyed is overwritten in it before
//	                    the destruction returns. So it is gone from all archives
//	journal.amanah      rows that must outlive a restore (consents, restrictions,
//	                    holds, requests, proofs of erasures), each as it was written
//	                    last or that it was removed; chained and sealed, and a second time in the data folder
//
// # Why a restored database cannot serve by mistake
//
// Each record of the journal has a number, and the database knows the last one's.
// A database that is older than its journal is one that was put back: the program
// refuses to start on it, however it came there, until the records behind its
// number are repeated. The number is set as the very last step.
//
// # What cannot be promised
//
// Rows that are not repeated by the journal are as old as the archive: that is what
// a backup is. Whoever copies the folder elsewhere has to replace the copy of the
// ring there, not to collect it. Who holds the master key, an archive and an old
// copy of the ring reads what they sealed.
package backup
