// Package e2e drives the built program as people and their machines do: a real
// process, real mails by SMTP, real pages, a real browser, on both engines.
//
// It must never import what the program is made of, except its data map, the
// numbers of the services' homes, and the reading of its files and proofs: what a
// test needs to know it asks over the wires.
package e2e
