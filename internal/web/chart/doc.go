// Package chart draws figures as SVG on the server, each with the table of its
// figures below, so that nobody needs to see a picture or run a script to read
// them.
//
// It owns scales, marks and the texts around them. The same figures always give
// the same bytes. It writes no inline style and no colour: classes only, so that
// the style sheet decides in light, dark and print. Sums of money stay exact in
// the table; the picture alone rounds.
package chart
