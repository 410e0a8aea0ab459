-- +goose Up
CREATE TABLE erasure_orders (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    who TEXT,
    proof BYTEA NOT NULL,
    places TEXT NOT NULL,
    ground TEXT NOT NULL,
    ordered_by TEXT NOT NULL,
    language TEXT NOT NULL,
    plan TEXT NOT NULL,
    step TEXT NOT NULL,
    told BOOLEAN NOT NULL,
    ordered_at BIGINT NOT NULL,
    done_at BIGINT,
    receipt TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, proof)
);
-- +goose Down
DROP TABLE erasure_orders;
