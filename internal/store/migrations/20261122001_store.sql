-- +goose Up
CREATE TABLE system_uses (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT
);
-- +goose Down
DROP TABLE system_uses;
