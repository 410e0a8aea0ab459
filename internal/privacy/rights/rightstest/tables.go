package rightstest

import (
	"testing/fstest"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Person is a row of the home that is about one person.
type Person struct {
	store.Row  `table:"fx_people" subject:"subject" clock:"created:created_at,account.closed:closed_at"`
	Subject    id.Subject    `data:"none"`
	Name       vault.Text    `data:"account.name"`
	Email      string        `data:"account.email"`
	EmailIndex vault.Index   `data:"account.email"`
	Password   string        `data:"account.password"`
	CreatedAt  clock.Instant `data:"none"`
	ClosedAt   clock.Instant `data:"none"`
}

// Mail is a row with a file, kept for 90 days; the result of its check is kept
// as long as the account.
type Mail struct {
	store.Row `table:"fx_mails" subject:"subject" clock:"captured:at"`
	Subject   id.Subject    `data:"none"`
	At        clock.Instant `data:"mail.sender"`
	Title     string        `data:"mail.sender"`
	Raw       vault.Text    `data:"mail.raw"`
	Source    vault.FileID  `data:"mail.raw"`
	Result    string        `data:"mail.auth"`
	State     string        `data:"none"`
}

// Transfer is a row about two people.
type Transfer struct {
	store.Row `table:"fx_transfers" subject:"payer,payee" clock:"created:at"`
	Payer     id.Subject    `data:"none"`
	Payee     id.Subject    `data:"none"`
	At        clock.Instant `data:"transaction.time"`
	Minor     int64         `data:"transaction.amount"`
	Memo      vault.Text    `data:"transaction.note"`
	FromNote  vault.Text    `data:"transaction.note" whose:"payer"`
	ToNote    string        `data:"transaction.note" whose:"payee"`
}

// Invite is a row about two people of whom neither can be taken out.
type Invite struct {
	store.Row `table:"fx_invites" subject:"guest,host"`
	Guest     id.Subject `data:"none"`
	Host      id.Subject `data:"none"`
	Role      string     `data:"account.role"`
}

// Log is a row that is kept for 90 days and refers to a mail.
type Log struct {
	store.Row `table:"fx_logs" subject:"subject" clock:"created:at"`
	Subject   id.Subject    `data:"none"`
	Mail      id.ID         `data:"none"`
	At        clock.Instant `data:"delivery.log"`
	Outcome   string        `data:"delivery.log"`
}

// Target is a row of a workspace that is about no person.
type Target struct {
	store.Row `table:"fx_targets" subject:"-"`
	Address   vault.Text `data:"target.address"`
	Label     string     `data:"target.address"`
	Secret    vault.Text `data:"target.secret"`
}

// Tables are the invented module's.
func Tables() store.Set {
	return store.Set{Module: "fx", Rows: []any{Person{}, Mail{}, Transfer{}, Invite{}, Log{}, Target{}}}
}

// Migrations make its tables. fx_logs refers to fx_mails, so that the order of
// removal matters.
var Migrations = fstest.MapFS{"20261122900_fx.sql": {Data: []byte(`-- +goose Up
CREATE TABLE fx_people (tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT NOT NULL, name BYTEA, email TEXT NOT NULL, email_index BYTEA, password TEXT NOT NULL, created_at BIGINT, closed_at BIGINT, PRIMARY KEY (tenant_id, id));
CREATE TABLE fx_mails (tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT NOT NULL, at BIGINT, title TEXT NOT NULL, raw BYTEA, source TEXT, result TEXT NOT NULL, state TEXT NOT NULL, PRIMARY KEY (tenant_id, id));
CREATE TABLE fx_transfers (tenant_id TEXT NOT NULL, id TEXT NOT NULL, payer TEXT, payee TEXT, at BIGINT, minor BIGINT NOT NULL, memo BYTEA, from_note BYTEA, to_note TEXT NOT NULL, PRIMARY KEY (tenant_id, id));
CREATE TABLE fx_invites (tenant_id TEXT NOT NULL, id TEXT NOT NULL, guest TEXT NOT NULL, host TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY (tenant_id, id));
CREATE TABLE fx_logs (tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT NOT NULL, mail TEXT NOT NULL, at BIGINT, outcome TEXT NOT NULL, PRIMARY KEY (tenant_id, id), FOREIGN KEY (tenant_id, mail) REFERENCES fx_mails (tenant_id, id));
CREATE TABLE fx_targets (tenant_id TEXT NOT NULL, id TEXT NOT NULL, address BYTEA, label TEXT NOT NULL, secret BYTEA, PRIMARY KEY (tenant_id, id));
`)}}
