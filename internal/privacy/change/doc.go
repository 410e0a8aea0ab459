// Package change lets a notice change: the versions beside each other, what the
// next one means differently, who was told of it, and when it takes effect.
//
// # What it owns
//
// The Shelf: every version of every service's notice, from the files
// <service>.yaml and versions/<service>/<version>.yaml; the place says nothing, the
// dates inside do. And the Book in the database: which versions were published
// here, with their text and digest, when telling people began and was done, and
// one row an account that was told.
//
// # What it promises
//
//   - A version is refused at the check and at the start, with its line, whose text
//     was changed under an old number, whose dates were not renewed, or which takes
//     effect before the time has passed that the version before it promised.
//   - Each account that was there when telling began is told once, in the app and by
//     a letter, whatever crashes and however many nodes work.
//   - A version takes effect when its date has come and everybody was told early
//     enough, never before. One that people were not told of is held back, and the
//     version before it goes on.
//   - Every version stays readable with its digest and date, also after its file is
//     gone.
//
// # What it must never do
//
// Decide that people agree: a purpose that became new or wider is closed until the
// person says so (consent.Renew). Send a letter by itself: tell.Teller does.
package change
