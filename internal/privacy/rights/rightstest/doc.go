// Package rightstest gives tests of rights, erasure and retention a small world:
// an invented module with rows of one person, of two, and of none, with files;
// two people; and a unique marker in every text.
//
// It must never be imported by the program.
package rightstest
