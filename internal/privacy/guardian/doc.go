// Package guardian keeps the consent of a parent or guardian, and of the school
// where the notice asks for it, for young people who may not decide alone.
//
// It owns the young people of a service whose notice runs the module "guardian":
// their date of birth until they are of age, who was asked, and what each one
// answered. Rows lie in the service's home and are sealed under the young person's
// key, so that erasing the person erases them.
//
// # The way
//
//	waiting    signed up; gate.Stop with the reason Guardian closes everything but
//	           rights and security until all have approved
//	active     all approved; the stop is lifted, the consent is recorded
//	suspended  one of them took the approval back: stopped at once
//	refused    one of them said no: the person is told and erased
//	grown      of age: the approvals ended, the person decides alone
//
// # Links
//
// A link to answer is good once and for 72 hours; a link to take back is good
// until the person is of age. Both are 256 random bits, kept as a hash, mailed to
// one address and bound to one young person and one role. A newer letter ends the
// older link. That a link of the mailed address was opened, with a name and a
// relation typed by hand, is the proof asked for: proportionate to an internship,
// and no copy of an identity card is kept.
//
// It must never let anything run before all have approved, show a stranger whether
// somebody has an account, or keep a date of birth of somebody who is of age.
package guardian
