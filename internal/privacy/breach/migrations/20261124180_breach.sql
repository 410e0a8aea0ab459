-- +goose Up
CREATE TABLE breach_incidents (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    number TEXT NOT NULL,
    drill BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    kinds TEXT NOT NULL,
    title BYTEA,
    asked BYTEA,
    found BYTEA,
    letters BYTEA,
    crime BOOLEAN NOT NULL,
    opener_id TEXT,
    decider_id TEXT,
    why BYTEA,
    opened_at BIGINT NOT NULL,
    began_at BIGINT,
    until_at BIGINT,
    confirmed_at BIGINT,
    assessed_at BIGINT,
    contained_at BIGINT,
    notified_at BIGINT,
    remediated_at BIGINT,
    ended_at BIGINT,
    sent_at BIGINT,
    sent_how BYTEA,
    sent_ref BYTEA,
    sent_by TEXT,
    sent_hash TEXT NOT NULL,
    people_at BIGINT,
    root_cause TEXT NOT NULL,
    controls TEXT NOT NULL,
    compliance TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX breach_incidents_number ON breach_incidents (tenant_id, number);
CREATE INDEX breach_incidents_opened ON breach_incidents (tenant_id, opened_at);
CREATE TABLE breach_people (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT,
    incident_id TEXT NOT NULL,
    categories TEXT NOT NULL,
    tables TEXT NOT NULL,
    row_count BIGINT NOT NULL,
    first_at BIGINT,
    last_at BIGINT,
    told_at BIGINT,
    seen_at BIGINT,
    ended_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX breach_people_once ON breach_people (tenant_id, incident_id, subject_id);
CREATE INDEX breach_people_person ON breach_people (tenant_id, subject_id);
CREATE TABLE breach_steps (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    incident_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    done_by TEXT,
    what TEXT NOT NULL,
    body BYTEA,
    ended_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX breach_steps_incident ON breach_steps (tenant_id, incident_id, at);
CREATE TABLE breach_tasks (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    incident_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    note BYTEA,
    added_at BIGINT NOT NULL,
    done_at BIGINT,
    proof BYTEA,
    ended_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX breach_tasks_incident ON breach_tasks (tenant_id, incident_id, added_at);
CREATE TABLE breach_reports (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT,
    incident_id TEXT NOT NULL,
    number TEXT NOT NULL,
    body BYTEA,
    at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX breach_reports_person ON breach_reports (tenant_id, subject_id, at);
CREATE INDEX breach_reports_incident ON breach_reports (tenant_id, incident_id);
-- +goose Down
DROP TABLE breach_reports;
DROP TABLE breach_tasks;
DROP TABLE breach_steps;
DROP TABLE breach_people;
DROP TABLE breach_incidents;
