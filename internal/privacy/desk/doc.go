// Package desk is where the officers of a service work: the data protection
// officer and whoever helps.
//
// It owns the guard of those pages and the page that leads to them: what is due,
// by when. It must never show a person's data itself: each matter has its own
// page, which writes the look down. Who is no officer finds nothing there, not
// even that there is something.
package desk
