-- +goose Up
ALTER TABLE invoices ADD COLUMN reason BYTEA;
-- +goose Down
ALTER TABLE invoices DROP COLUMN reason;
