-- +goose Up
CREATE TABLE complaints (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT,
    number TEXT NOT NULL,
    account BOOLEAN NOT NULL,
    name BYTEA,
    contact BYTEA,
    lang TEXT NOT NULL,
    via TEXT NOT NULL,
    body BYTEA,
    wanted BYTEA,
    state TEXT NOT NULL,
    handler_id TEXT,
    filed_at BIGINT NOT NULL,
    ack_at BIGINT,
    found_at BIGINT,
    finding TEXT NOT NULL,
    grounds BYTEA,
    answer BYTEA,
    ended_at BIGINT,
    source TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX complaints_number ON complaints (tenant_id, number);
CREATE UNIQUE INDEX complaints_source ON complaints (tenant_id, source);
CREATE INDEX complaints_person ON complaints (tenant_id, subject_id, filed_at);
CREATE INDEX complaints_queue ON complaints (tenant_id, state, filed_at);
CREATE TABLE complaint_steps (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT,
    case_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    done_by TEXT NOT NULL,
    officer_id TEXT,
    what TEXT NOT NULL,
    body BYTEA,
    ended_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX complaint_steps_case ON complaint_steps (tenant_id, case_id, at);
CREATE TABLE complaint_remedies (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT,
    case_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    note BYTEA,
    minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    carried TEXT NOT NULL,
    document TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    done_at BIGINT,
    ended_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX complaint_remedies_case ON complaint_remedies (tenant_id, case_id, added_at);
-- +goose Down
DROP TABLE complaint_remedies;
DROP TABLE complaint_steps;
DROP TABLE complaints;
