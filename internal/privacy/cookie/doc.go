// Package cookie lets people choose which cookies they are given.
//
// # What it owns
//
// The page of a service's cookies, by the classes of its notice, and the choice
// of a person with an account.
//
// # What it promises
//
//   - A cookie that the notice does not name is never set, and one of a class that
//     the person did not allow neither; web.Shell sifts every answer. What a
//     browser still has of a refused class is taken away with the next answer.
//   - A choice made by somebody who is signed in holds on all their devices, from
//     the next page on.
//   - A browser that sends Global Privacy Control or Do Not Track gets no cookie
//     for analytics, whatever was chosen.
//   - There is no banner: before a choice nothing is set that would need one.
//
// # What it must never do
//
// Take going on for a choice.
package cookie
