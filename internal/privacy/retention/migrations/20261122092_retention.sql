-- +goose Up
CREATE TABLE destructions (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    at BIGINT NOT NULL,
    as_of BIGINT NOT NULL,
    table_name TEXT NOT NULL,
    category TEXT NOT NULL,
    term TEXT NOT NULL,
    action TEXT NOT NULL,
    row_count BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
-- +goose Down
DROP TABLE destructions;
