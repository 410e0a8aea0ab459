// Package deadline keeps the clocks of what the service owes to people: answers,
// decisions, notices of a breach. Each matter sets its deadlines here when it
// begins and meets them when it is done.
//
// It owns the deadlines and their alarms, in the home of the service, and the job
// that rings them: officers are reminded before, and told at the end that time has
// run out. It works out which of several rules is the strictest ([Strictest]) and
// which rules a right has at a moment ([Rules]): those of the law in force on that
// day and the notice's own. A deadline keeps the rule under which it was set, also
// when the law changes later.
//
// It promises that each alarm rings once: over several nodes, over a machine that
// was off for a week (then one reminder and the end are told, not a flood), and
// over a clock that jumps back.
//
// It must never hold personal data: a deadline names a case by its number, and
// nothing of what the case is about.
package deadline
