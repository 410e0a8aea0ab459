// Package disclosure keeps the register of what is handed to authorities, courts
// and others outside of what the service does by itself.
//
// It owns the cases and the file that is handed over. A disclosure rests on one of
// five typed reasons; all but the person's own wish need the written demand, by its
// digest, and two officers who both say yes, neither of them twice. Only categories
// that the notice names for the authority leave, and of the person's rows nothing
// else. Everything handed over stands in the record of transfers, where the person
// sees it.
//
// The person is told: at once, or, where a law forbids it and the case says which,
// when the secrecy ends. A secrecy without an end is refused.
//
// It must never hand over on one signature, keep what was handed over (its digest
// stays), or let a case be approved by who opened it alone.
//
// Articles: PP 33/2026 155 (written, named signatories); UU 27/2022 15, 50.
package disclosure
