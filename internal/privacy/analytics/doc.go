// Package analytics counts which part of a service was used on which day and by
// how many people, and never keeps who they were.
//
// It owns the lasting figures (analytics_figures), the count of answers to
// browsers that ask not to be tracked (analytics_signals), the page where people
// see whether they are counted and object, and the officers' page of the figures.
//
// # How people are counted without being kept
//
// While the day runs, each node holds in its memory which pseudonym opened which
// feature: at most Most people a service. Nothing of that is ever written. What is
// written is the size of each set, and only once it is at least the notice's
// aggregates_of_at_least, rounded down to a multiple of five. At the day's end the
// sets are dropped.
//
// A figure is therefore "at least so many people": nodes cannot tell that they saw
// the same person, so a day's figure is the largest of the nodes', never their sum,
// and a node that was started anew begins again. It is never more than the people
// who came.
//
// # What it promises
//
//   - A group smaller than the notice allows is neither stored nor shown, and no
//     figure of a day is shown before the day is over.
//   - Nobody is counted whose purpose "improve" is closed: the gate is asked for
//     each view, and again for everybody before a figure is written. Who objects or
//     is erased today is taken out of today's sets.
//   - A browser that sends Global Privacy Control or Do Not Track is not counted.
//     That it was honoured is counted by answers, and for somebody with an account
//     it becomes an objection, once: who lifts that is not asked again.
//
// # What it must never do
//
// Store an id of a person, a session, a device or an address; count an address
// instead of a route's name; hold up a page.
package analytics
