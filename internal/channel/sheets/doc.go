// Package sheets writes rows into a Google spreadsheet that this program made for
// a person, with that person's own OAuth grant.
//
// It speaks the REST API of Google Sheets v4 as Google documents it, and OAuth 2.0
// with PKCE. The scope is drive.file: only files that the program made can be
// reached, no others of the person.
//
// It promises that a row has a number in its first column and that a number has
// one row: whoever is not sure whether a row arrived asks [Client.Find]. Texts are
// written as they are and never become formulas.
//
// It must never keep a token, put one into an error, or open a connection of its
// own: the client is handed in.
package sheets
