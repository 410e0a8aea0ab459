// Package profile keeps what a person of JagaCash may add about themself: where they
// live, and, for research by a separate consent, the year of birth and the
// occupation.
//
// # What it promises
//
//   - Everything may stay empty. Of a birth only the year is taken; a full date is
//     refused.
//   - Year and occupation are kept under the consent to the purpose "research" alone,
//     sealed under the person's key. They go at once when the person erases them or
//     withdraws the consent, those two fields alone.
//   - Only the research report reads them, as counts of people by band, never of
//     fewer than the notice's minimum group, and never so that a smaller group can be
//     found by subtraction. It reads no entry and no receipt: what a pharmacy's
//     receipt hints at cannot be in it.
//   - They leave the program in nobody's hands: this package has no door out.
//   - A year that contradicts the declared age closes nothing. It gives the officers
//     a task to look at, which does not hold the year.
package profile
