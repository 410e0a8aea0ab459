-- +goose Up
ALTER TABLE sessions ADD COLUMN method TEXT NOT NULL DEFAULT 'password';
ALTER TABLE sessions ADD COLUMN factor TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN assured_at BIGINT;
ALTER TABLE sessions ADD COLUMN proved_at BIGINT;
ALTER TABLE sessions ADD COLUMN place_index BYTEA;
ALTER TABLE verifications ADD COLUMN email BYTEA;
-- +goose Down
ALTER TABLE verifications DROP COLUMN email;
ALTER TABLE sessions DROP COLUMN place_index;
ALTER TABLE sessions DROP COLUMN proved_at;
ALTER TABLE sessions DROP COLUMN assured_at;
ALTER TABLE sessions DROP COLUMN factor;
ALTER TABLE sessions DROP COLUMN method;
