package rightstest

import (
	"context"
	"errors"
	"io"

	"amanah/internal/id"
	"amanah/internal/vault"
)

// Vault is the store's vault together with one that has files, over the same key
// ring. What is destroyed is destroyed in both.
type Vault struct {
	*vault.Vault
	files *vault.Vault
}

// Keys gives the world's vault.
func (w *World) Keys() Vault { return Vault{w.Bundle.Vault, w.vault} }

// OpenFile opens a file.
func (v Vault) OpenFile(ctx context.Context, home id.Tenant, s id.Subject, f vault.FileID) (io.ReadCloser, error) {
	return v.files.OpenFile(ctx, home, s, f)
}

// DeleteFile removes a file.
func (v Vault) DeleteFile(ctx context.Context, home id.Tenant, s id.Subject, f vault.FileID) error {
	return v.files.DeleteFile(ctx, home, s, f)
}

// DeleteFiles removes a person's files.
func (v Vault) DeleteFiles(ctx context.Context, home id.Tenant, s id.Subject) (int, error) {
	return v.files.DeleteFiles(ctx, home, s)
}

// DestroyPerson destroys a person's key.
func (v Vault) DestroyPerson(ctx context.Context, home id.Tenant, s id.Subject) error {
	return errors.Join(v.Vault.DestroyPerson(ctx, home, s), v.files.DestroyPerson(ctx, home, s))
}

// DestroyTenant destroys a tenant's key.
func (v Vault) DestroyTenant(ctx context.Context, t id.Tenant) error {
	return errors.Join(v.Vault.DestroyTenant(ctx, t), v.files.DestroyTenant(ctx, t))
}
