// Package breach keeps the register of failures of protection: what happened, whom
// it concerns, what was done and who was told, with the time of each.
//
// It owns the incidents, their people, tasks and documents, the letters to
// authority and people, and the reports of people who believe that their data is
// out. It promises that no stage is skipped, that a letter with a missing part is
// not sent, and that an incident is not closed without root cause, update of
// controls and compliance file. It must never tell anybody of a drill, end a clock
// that runs, or leave out a person whose data may have been read: where the read
// log cannot tell whose rows were read, everybody whom rows of that table name
// counts.
//
// # The stages
//
//	suspected   somebody, or an alarm, says that something happened
//	confirmed   known with certainty: who decided it, and why. The clock starts here
//	contained   the access has ended and the evidence is sealed
//	notified    authority and people were told
//	remediated  what let it happen has been put right
//	closed      the three documents are on file
//	dismissed   out of suspected alone: it was none, and why
//
// # The clock
//
// From certainty: assess within 24 hours, contain within 48, tell authority and
// people within 72 or what notice and law promise, whatever ends first. A suspected
// incident has 24 hours to be confirmed or dismissed.
package breach
