// Package promise shows that the promises of a notice are kept, or that they are
// not.
//
// # What it owns
//
// The checks, the record of what they found, and the public page, the JSON and
// the command that show it. The promises themselves stand in
// notices/promises/<service>.yaml, in words for people, each with the checks that
// keep it.
//
// # What it promises
//
//   - A check looks at the running installation: at stored rows, at what the door,
//     the vault and the pages answer now. It reads the tables itself, and does not
//     ask a module whether it did right.
//   - No check is a constant: for each a test shows what makes it say kept, and what
//     makes it say broken.
//   - A promise that names no check, or one that there is not, ends the start. So
//     does one whose module has come to run and that still names none.
//   - What is not looked at is not called kept: a promise whose check failed, or has
//     not run for three hours, is "unchecked".
//
// # What it must never do
//
// Change what it looks at. Show a figure about a person, or how many people there
// are: figures are ages, times and shares. Leave anything of a self-test behind.
package promise
