-- +goose Up
ALTER TABLE erasure_orders ADD COLUMN waits_for TEXT NOT NULL DEFAULT '';
ALTER TABLE erasure_orders ADD COLUMN waits_since BIGINT;
ALTER TABLE erasure_orders ADD COLUMN waits_until BIGINT;
-- +goose Down
ALTER TABLE erasure_orders DROP COLUMN waits_until;
ALTER TABLE erasure_orders DROP COLUMN waits_since;
ALTER TABLE erasure_orders DROP COLUMN waits_for;
