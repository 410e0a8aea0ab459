// Package family is who belongs to a family of JagaCash: invitations, roles,
// leaving.
//
// # What it owns
//
// What an inviter wrote of a relative (name, address, relation) until that person
// answers, and the leavings that are under way. Both lie in the service's home.
// Accounts, invitations and their links belong to identity, memberships to tenant,
// the books to cash.
//
// # What it promises
//
//   - An invitation is a link to one address: good once, for seven days, until it
//     is taken back or replaced. What was written of a relative is kept under the
//     inviter's consent to the purpose "others", and goes in the transaction of the
//     answer.
//   - Nobody answers for somebody else: the link goes to the invited address alone,
//     and who joins declares their age and consents in person (identity.Joining).
//   - Who leaves decides what becomes of their entries. Private ones never stay
//     behind, nothing of the family that remains names the person, and the sums of
//     the others are those of what stays. Withdrawing the consent is leaving, with
//     everything erased.
//   - The last owner leaves only after handing over; closing the account is the
//     other way.
//   - A leaving that a crash stopped goes on.
//
// # What it must never do
//
// Show a link to the inviter. Keep what was written of a relative who said no.
package family
