-- +goose Up
CREATE TABLE requests (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT,
    about_id TEXT,
    number TEXT NOT NULL,
    asked_right TEXT NOT NULL,
    purpose TEXT NOT NULL,
    field TEXT NOT NULL,
    wish BYTEA,
    body BYTEA,
    state TEXT NOT NULL,
    via TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    name BYTEA,
    paper BYTEA,
    contact BYTEA,
    reach BYTEA,
    lang TEXT NOT NULL,
    proven TEXT NOT NULL,
    seen BYTEA,
    token BYTEA,
    token_end BIGINT,
    letter TEXT NOT NULL,
    urgent BOOLEAN NOT NULL,
    repeats BIGINT NOT NULL,
    source TEXT NOT NULL,
    answer_as TEXT NOT NULL,
    answer BYTEA,
    ground TEXT NOT NULL,
    evidence TEXT NOT NULL,
    amount BIGINT NOT NULL,
    currency TEXT NOT NULL,
    paid_at BIGINT,
    received_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    closed_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX requests_number ON requests (tenant_id, number);
CREATE UNIQUE INDEX requests_source ON requests (tenant_id, source);
CREATE INDEX requests_person ON requests (tenant_id, subject_id, received_at);
CREATE INDEX requests_queue ON requests (tenant_id, state, received_at);
CREATE INDEX requests_reach ON requests (tenant_id, reach);
CREATE INDEX requests_token ON requests (tenant_id, token);
CREATE TABLE request_steps (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT,
    case_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    done_by TEXT NOT NULL,
    act TEXT NOT NULL,
    note BYTEA,
    salt BYTEA,
    before_hash BYTEA,
    hash BYTEA NOT NULL,
    closed_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX request_steps_order ON request_steps (tenant_id, case_id, number);
CREATE TABLE request_tasks (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT,
    case_id TEXT NOT NULL,
    recipient TEXT NOT NULL,
    what TEXT NOT NULL,
    answer BYTEA,
    at BIGINT NOT NULL,
    done_at BIGINT,
    closed_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX request_tasks_once ON request_tasks (tenant_id, case_id, recipient, what);
