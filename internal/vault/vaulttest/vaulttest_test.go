package vaulttest_test

import (
	"testing"

	"amanah/internal/vault"
	"amanah/internal/vault/vaulttest"
)

func TestKeysInMemory(t *testing.T) {
	t.Parallel()
	vaulttest.TestKeys(t, func() vault.Keys { return vaulttest.NewKeys() })
}

func TestFilesInMemory(t *testing.T) {
	t.Parallel()
	vaulttest.TestFiles(t, func(*testing.T) vault.Files { return vaulttest.NewFiles() })
}
