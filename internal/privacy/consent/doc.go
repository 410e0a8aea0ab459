// Package consent keeps what people were shown, what they accepted and what they
// consented to: append-only records that can prove each by its version, time,
// language and device.
//
// Two things are kept apart. An acceptance says that a notice and terms were
// shown and taken note of; it permits nothing that the notice does not permit by
// itself. A consent is given for one optional purpose by an act of its own and
// withdrawn as easily. Nothing is consented to by going on: without a record a
// purpose is off.
//
// The rows lie in the home of the person's service. It must never change or
// remove a record by itself, and never decide what a purpose permits.
package consent
