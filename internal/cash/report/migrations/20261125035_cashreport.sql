-- +goose Up
CREATE INDEX cash_entries_report ON cash_entries (tenant_id, month, currency, state, kind, day, subject, private, merchant_id, minor);
