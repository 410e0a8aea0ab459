// Package bench measures the program and prints what it found as JSON: one
// object a benchmark, every figure beside a named baseline that was measured in
// the same run, because a ratio means the same on a slow machine and a fast one.
//
// It owns the measurements and their goals. It must never touch data that it did
// not make, nor speak with anything but what it started on this machine itself.
//
// Seeds are fixed. Where rounds are repeated, the best one of each side counts:
// what else runs on the machine only ever makes a round slower.
package bench
