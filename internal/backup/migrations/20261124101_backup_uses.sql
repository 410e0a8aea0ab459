-- +goose Up
CREATE TABLE backup_uses (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    at BIGINT NOT NULL,
    act TEXT NOT NULL,
    archive TEXT NOT NULL,
    made_at BIGINT,
    rows_in BIGINT NOT NULL,
    files_in BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    took_ms BIGINT NOT NULL,
    good BOOLEAN NOT NULL,
    why TEXT NOT NULL,
    done_by TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
-- +goose Down
DROP TABLE backup_uses;
