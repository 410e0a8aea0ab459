package bench

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"time"

	"amanah/internal/audit"
)

// verifyGoal is how long a million entries may take to be verified.
const verifyGoal = 10 * time.Second

// auditLog measures the verification of an exported audit log, beside one SHA-256
// over the same file.
func auditLog(_ context.Context, o Options, _ string) (*Result, error) {
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, ed25519.SeedSize))
	public := key.Public().(ed25519.PublicKey)
	signer, err := audit.Signer(public, func(text []byte) ([]byte, error) { return ed25519.Sign(key, text), nil })
	if err != nil {
		return nil, err
	}
	verifier, err := audit.Verifier(public)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "amanah-bench-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "audit.log")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	start := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	if err := audit.Sample(f, o.Entries, start, signer, verifier); err != nil {
		return nil, err
	}
	size, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return nil, err
	}
	timed := func(do func() error) func() (float64, error) {
		return func() (float64, error) {
			if _, err := f.Seek(0, io.SeekStart); err != nil {
				return 0, err
			}
			began := cpu() // what else runs on the machine does not count
			err := do()
			return float64(o.Entries) / (cpu() - began).Seconds(), err
		}
	}
	got, err := best(min(o.Rounds, 3), timed(func() error {
		_, err := io.Copy(sha256.New(), f)
		return err
	}), timed(func() error {
		_, err := audit.VerifyFile(f, verifier)
		return err
	}))
	if err != nil {
		return nil, err
	}
	took := time.Duration(float64(time.Second) * 1_000_000 / got[1])
	r := &Result{Baseline: "one SHA-256 over the same file"}
	r.add("baseline", got[0], "entries a processor second", 1)
	r.add("verified", got[1], "entries a processor second", got[1]/got[0])
	r.add("a million entries", took.Seconds(), "processor seconds", 0)
	r.add("file", float64(size)/float64(o.Entries), "bytes/entry", 0)
	r.goal("a million entries below 10 processor seconds", took.Seconds(), took < verifyGoal)
	return r, nil
}
