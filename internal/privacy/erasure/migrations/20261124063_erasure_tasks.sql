-- +goose Up
CREATE TABLE erasure_tasks (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    order_id TEXT NOT NULL,
    recipient TEXT NOT NULL,
    categories TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    answered_at BIGINT,
    answer BYTEA,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, order_id, recipient)
);
-- +goose Down
DROP TABLE erasure_tasks;
