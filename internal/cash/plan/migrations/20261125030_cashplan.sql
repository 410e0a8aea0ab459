-- +goose Up
CREATE TABLE cash_budgets (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  category TEXT NOT NULL, currency TEXT NOT NULL, month TEXT NOT NULL, once BOOLEAN NOT NULL, carry BOOLEAN NOT NULL,
  minor BIGINT NOT NULL, created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX cash_budgets_month ON cash_budgets (tenant_id, category, currency, month, once);

CREATE TABLE cash_goals (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  name BYTEA, minor BIGINT NOT NULL, currency TEXT NOT NULL, due TEXT NOT NULL, shared BOOLEAN NOT NULL,
  ended_at BIGINT, created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));

CREATE TABLE cash_goal_steps (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  goal_id TEXT NOT NULL, minor BIGINT NOT NULL, currency TEXT NOT NULL, day TEXT NOT NULL, created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE INDEX cash_goal_steps_goal ON cash_goal_steps (tenant_id, goal_id, day);

CREATE TABLE cash_repeats (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  kind TEXT NOT NULL, minor BIGINT NOT NULL, currency TEXT NOT NULL, account_id TEXT, to_id TEXT, category TEXT NOT NULL,
  merchant BYTEA, note BYTEA, private BOOLEAN NOT NULL, unit TEXT NOT NULL, step BIGINT NOT NULL,
  first_day TEXT NOT NULL, until_day TEXT NOT NULL, next_day TEXT NOT NULL, asks BOOLEAN NOT NULL,
  ended_at BIGINT, created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE INDEX cash_repeats_next ON cash_repeats (tenant_id, next_day);

CREATE TABLE cash_repeat_dues (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  repeat_id TEXT NOT NULL, day TEXT NOT NULL, state TEXT NOT NULL, entry_id TEXT, created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX cash_repeat_dues_day ON cash_repeat_dues (tenant_id, repeat_id, day);
CREATE INDEX cash_repeat_dues_state ON cash_repeat_dues (tenant_id, state, day);

CREATE TABLE cash_settlements (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT, receiver TEXT,
  minor BIGINT NOT NULL, currency TEXT NOT NULL, day TEXT NOT NULL, created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
