-- +goose Up
CREATE TABLE holds (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    known_to TEXT,
    who TEXT,
    workspace_id TEXT,
    categories TEXT NOT NULL,
    from_at BIGINT,
    until_at BIGINT,
    reason BYTEA,
    case_ref BYTEA,
    ordered_by BYTEA,
    silence TEXT NOT NULL,
    silent_until BIGINT,
    review_at BIGINT,
    created_at BIGINT NOT NULL,
    told_at BIGINT,
    lifted_at BIGINT,
    lift_reason BYTEA,
    gone TEXT NOT NULL,
    gone_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX holds_standing ON holds (tenant_id, lifted_at);
CREATE TABLE hold_latches (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    turns BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
-- +goose Down
DROP TABLE hold_latches;
DROP TABLE holds;
