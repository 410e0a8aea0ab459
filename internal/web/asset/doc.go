// Package asset holds what pages load: one style sheet, two scripts, icons and
// manifests. All of it lies in the program, is made and compressed once at
// start, and has a name with the hash of its content, so that browsers may keep
// it for ever.
//
// Colours come from the notices: Palette mends an accent that would be too faint
// to read on paper or in the dark.
package asset
