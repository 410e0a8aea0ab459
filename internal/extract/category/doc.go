// Package category says what money went for: from the name of the merchant and
// from what stands beside it, with the words that decided.
//
// It owns the built-in knowledge (folder knowledge: merchants, words of names,
// merchant category codes, what stands around a name), the normal form of a
// merchant's name, and a multinomial naive Bayes classifier over it that each
// tenant's corrections teach further. It keeps nothing, asks nobody and has no
// clock: the same lessons give the same answer.
//
// # What the probability means
//
// The classifier takes the kinds as samples of equal size, so that a kind with
// few known merchants is no stronger than one with many, and multiplies the
// counts of each word with a small count for the unseen. Words that nobody knows
// say nothing. The words of a name depend on each other, so the figure is bolder
// than the truth; docs/accuracy.md says how often an answer above [Sure] is right.
//
// # What it must never do
//
// Put a merchant's name into an error: names are personal data.
package category
