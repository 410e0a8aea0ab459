// Package vaulttest has what tests need of the vault: a key ring and files in
// memory, a fixed master key, and the conformance suites that every key ring
// and every place of files must pass.
//
// Nothing here may be used outside tests: it keeps keys in plain memory.
package vaulttest
