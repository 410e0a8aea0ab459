// Package rowset reads, frees and removes rows of any table by the data map
// alone. Export, erasure and retention are written on it, so that no module
// writes its own.
//
// Beside the tags that store reads, two more are read here:
//
//	whose:"recipient"   on a field: this column is about the person whom the
//	                    column "recipient" names, and about nobody else in the
//	                    row. Without it a column is about everyone the row names.
//	erase:"free"        beside table: when a person goes the row stays, with the
//	                    person's columns empty. For rows that hold a chain
//	                    together and say nothing without them.
//
// A sealed column opens with the key of the row's first person. When that
// person is erased, it is unreadable for everyone, whatever its whose tag says:
// what must outlive a person belongs into a row of its own.
//
// It must never know a product, print a value, or hold more than one page of
// rows.
package rowset
