-- +goose Up
CREATE TABLE profile_traits (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT, birth_year BYTEA, occupation BYTEA, created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX profile_traits_subject ON profile_traits (tenant_id, subject);

CREATE TABLE profile_places (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT, city BYTEA, postcode BYTEA, country BYTEA,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX profile_places_subject ON profile_places (tenant_id, subject);

CREATE TABLE profile_reviews (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT, asked_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX profile_reviews_subject ON profile_reviews (tenant_id, subject);
