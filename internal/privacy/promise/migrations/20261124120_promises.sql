-- +goose Up
CREATE TABLE promise_results (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    promise TEXT NOT NULL,
    state TEXT NOT NULL,
    figures TEXT NOT NULL,
    at BIGINT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX promise_results_promise ON promise_results (tenant_id, promise);
CREATE TABLE promise_probes (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    marker BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
-- +goose Down
DROP TABLE promise_probes;
DROP TABLE promise_results;
