-- +goose Up
CREATE TABLE billing_parties (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject TEXT,
    ref TEXT NOT NULL,
    number BIGINT NOT NULL,
    name BYTEA,
    address BYTEA,
    tax_id BYTEA,
    year_ends BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX billing_parties_ref_once ON billing_parties (tenant_id, ref);
CREATE UNIQUE INDEX billing_parties_number_once ON billing_parties (tenant_id, number);
CREATE INDEX billing_parties_subject ON billing_parties (tenant_id, subject);
CREATE TABLE invoices (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    debtor TEXT,
    party_id TEXT,
    kind TEXT NOT NULL,
    number TEXT NOT NULL,
    about TEXT NOT NULL,
    credits_id TEXT,
    state TEXT NOT NULL,
    net BIGINT NOT NULL,
    tax BIGINT NOT NULL,
    total BIGINT NOT NULL,
    settled BIGINT NOT NULL,
    currency TEXT NOT NULL,
    issued_at BIGINT,
    due_at BIGINT,
    paid_at BIGINT,
    void_at BIGINT,
    year_ends BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX invoices_number_once ON invoices (tenant_id, number);
CREATE UNIQUE INDEX invoices_about_once ON invoices (tenant_id, about);
CREATE INDEX invoices_party ON invoices (tenant_id, party_id, issued_at);
CREATE INDEX invoices_state ON invoices (tenant_id, state, due_at);
CREATE INDEX invoices_debtor ON invoices (tenant_id, debtor);
CREATE TABLE invoice_lines (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    debtor TEXT,
    invoice_id TEXT NOT NULL,
    pos BIGINT NOT NULL,
    code TEXT NOT NULL,
    text_id BYTEA,
    text_en BYTEA,
    quantity BIGINT NOT NULL,
    unit BIGINT NOT NULL,
    discount BIGINT NOT NULL,
    net BIGINT NOT NULL,
    tax_code TEXT NOT NULL,
    year_ends BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX invoice_lines_invoice_once ON invoice_lines (tenant_id, invoice_id, pos);
CREATE TABLE invoice_papers (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    invoice_id TEXT NOT NULL,
    document BYTEA,
    year_ends BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX invoice_papers_invoice_once ON invoice_papers (tenant_id, invoice_id);
CREATE TABLE billing_moves (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    debtor TEXT,
    party_id TEXT,
    invoice_id TEXT,
    payment_id TEXT,
    source TEXT NOT NULL,
    debit TEXT NOT NULL,
    credit TEXT NOT NULL,
    minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    at BIGINT,
    year_ends BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX billing_moves_source_once ON billing_moves (tenant_id, source);
CREATE INDEX billing_moves_party ON billing_moves (tenant_id, party_id);
CREATE INDEX billing_moves_invoice ON billing_moves (tenant_id, invoice_id);
CREATE TABLE billing_payments (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    debtor TEXT,
    party_id TEXT,
    invoice_id TEXT,
    provider TEXT NOT NULL,
    reference TEXT NOT NULL,
    state TEXT NOT NULL,
    flag TEXT NOT NULL,
    minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    proof TEXT,
    proof_type TEXT NOT NULL,
    note BYTEA,
    reason BYTEA,
    at BIGINT,
    decided_at BIGINT,
    year_ends BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX billing_payments_provider_once ON billing_payments (tenant_id, provider, reference);
CREATE INDEX billing_payments_invoice ON billing_payments (tenant_id, invoice_id);
CREATE INDEX billing_payments_state ON billing_payments (tenant_id, state);
CREATE INDEX billing_payments_flag ON billing_payments (tenant_id, flag);
CREATE TABLE billing_charges (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    debtor TEXT,
    invoice_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    state TEXT NOT NULL,
    minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    foreign_id TEXT NOT NULL,
    qr TEXT NOT NULL,
    bank TEXT NOT NULL,
    account TEXT NOT NULL,
    page TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    year_ends BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX billing_charges_invoice ON billing_charges (tenant_id, invoice_id);
CREATE INDEX billing_charges_foreign ON billing_charges (tenant_id, foreign_id);
CREATE TABLE billing_counters (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    series TEXT NOT NULL,
    year BIGINT NOT NULL,
    last_number BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX billing_counters_series_once ON billing_counters (tenant_id, series, year);
CREATE TABLE billing_hooks (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    provider TEXT NOT NULL,
    day TEXT NOT NULL,
    outcome TEXT NOT NULL,
    count_of BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX billing_hooks_provider_once ON billing_hooks (tenant_id, provider, day, outcome);
CREATE TABLE billing_subscriptions (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    payer TEXT,
    workspace_id TEXT NOT NULL,
    plan TEXT NOT NULL,
    next_plan TEXT NOT NULL,
    trial BOOLEAN NOT NULL,
    tried BOOLEAN NOT NULL,
    from_at BIGINT,
    until_at BIGINT,
    rounds BIGINT NOT NULL,
    year_ends BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX billing_subscriptions_workspace_once ON billing_subscriptions (tenant_id, workspace_id);
CREATE INDEX billing_subscriptions_payer ON billing_subscriptions (tenant_id, payer);
CREATE TABLE billing_usage (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    month TEXT NOT NULL,
    what TEXT NOT NULL,
    used BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX billing_usage_month_once ON billing_usage (tenant_id, month, what);
-- +goose Down
DROP TABLE billing_usage;
DROP TABLE billing_subscriptions;
DROP TABLE billing_hooks;
DROP TABLE billing_counters;
DROP TABLE billing_charges;
DROP TABLE billing_payments;
DROP TABLE billing_moves;
DROP TABLE invoice_papers;
DROP TABLE invoice_lines;
DROP TABLE invoices;
DROP TABLE billing_parties;
