-- +goose Up
CREATE TABLE backup_state (
    id TEXT PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL,
    writing BIGINT NOT NULL
);
INSERT INTO backup_state (id, seq, hash, writing) VALUES ('journal', 0, '', 0);
-- +goose Down
DROP TABLE backup_state;
