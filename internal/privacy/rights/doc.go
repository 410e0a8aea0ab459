// Package rights answers what is kept about a person: the page "what is kept
// about me", and the copy that the person takes away. Both come from the data map
// and the notice alone; no module writes its own.
//
// It owns the format of the copy and the list of copies made. It must never give
// a person what is about another, give out a secret, hold more than one page of
// rows in memory, or know a product.
//
// # The copy, version 1
//
// A ZIP file:
//
//	index.html        a page to read, in the person's language: what, why, how
//	                  long, who got it, what is not in the copy and why
//	data.json         everything, machine-readable; data.schema.json is its
//	                  JSON Schema (2020-12)
//	tables/<t>.csv    one table: UTF-8, RFC 4180, one head line
//	files/<t>/<id>/…  the person's files, opened
//	SHA256SUMS        the SHA-256 of each file above, as sha256sum -c reads it
//	receipt.json      signed (package receipt): the digest of SHA256SUMS
//
// Times are RFC 3339 in UTC. Amounts are whole numbers in the minor unit of the
// currency that stands beside them. Bytes are base64. A text in a CSV file that
// a spreadsheet would take for a formula (it begins with = + - @, a tab or a
// carriage return) has an apostrophe in front; data.json holds it as it is.
// "enclosure" is "home" for the account itself, else the workspace's id.
//
// In the copy is every row that names the person, without the columns that are
// another person's own; and what belongs to a workspace that has no owner besides
// the person, because closing the account would remove it. Secrets (categories
// whose DPV term is a password or an authenticator), blind indexes and other
// people's ids are named and not given.
//
// Rows are read page by page: a row that is written while the copy is made may
// be in one of its files and not in the other.
package rights
