-- +goose Up
CREATE TABLE deadlines (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    matter TEXT NOT NULL,
    ref TEXT NOT NULL,
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    link TEXT NOT NULL,
    rule TEXT NOT NULL,
    set_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    first_due BIGINT NOT NULL,
    moved BIGINT NOT NULL DEFAULT 0,
    state TEXT NOT NULL,
    closed_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX deadlines_case ON deadlines (tenant_id, ref, name);
CREATE INDEX deadlines_open ON deadlines (tenant_id, state, due_at);
CREATE TABLE deadline_alarms (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    deadline TEXT NOT NULL,
    at BIGINT NOT NULL,
    is_over BOOLEAN NOT NULL,
    rung_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX deadline_alarms_once ON deadline_alarms (tenant_id, deadline, at, is_over);
CREATE INDEX deadline_alarms_due ON deadline_alarms (tenant_id, rung_at, at);
