// Package request takes what people ask of a service about their data, sees that
// it is answered in time, and proves it.
//
// # What it owns
//
// The cases of all rights, what was done in each, step by step, and the tasks that
// follow from them; the pages where people ask, the pages where officers answer,
// and the mails that come to a service's privacy address.
//
// # What it promises
//
//   - Each case has a number, and clocks from the moment in which it came into the
//     system: the strictest of the law in force that day and the notice
//     ([deadline.Strictest]). The check of who asks counts inside.
//   - What needs no judgement runs in the transaction that takes it in: a copy, a
//     portability file, a withdrawal, a restriction, an objection. What does not
//     run alone waits for an officer.
//   - Who asks is checked in proportion: a signed-in session is enough for one's
//     own data, else a link to an address, or an officer writes down what was seen.
//     Nothing is given and nothing stops before.
//   - A refusal needs a ground that the law has for this right on that day, and
//     reasons in words; both reach the person.
//   - The same right asked again while it is open is the same case, and the person
//     is told so: a thousand letters are one entry of the queue.
//   - A step is only ever added. Steps are linked by digests, and each digest goes
//     into the audit chain, so that a changed or missing one is seen.
//
// # What it must never do
//
// Know a product: what a person's data is comes through rights and the data map,
// what can be corrected through Corrector. Tell a stranger whether an account
// exists. Decide instead of a person who may judge.
package request
