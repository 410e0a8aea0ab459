package capture

import (
	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Target is where a user wants transactions to go.
type Target struct {
	store.Row `table:"targets" subject:"subject"`
	Subject   id.Subject `data:"none"`
	Kind      string     `data:"none"` // webhook, http, telegram, sheets, file
	URL       vault.Text `db:"url" data:"target.address"`
	// Host is the line by which a person knows it: a host, a chat, a spreadsheet.
	Host   vault.Text `data:"target.address"`
	Secret vault.Text `data:"target.secret"`
	// Settings are target.Settings: filter, fields, and what the kind needs.
	Settings     vault.Text    `data:"target.address"`
	State        TargetState   `data:"none"`
	Reason       string        `data:"none"`           // why it is paused: a key
	Direction    string        `data:"target.address"` // only out or only in; empty: all
	VerifiedAt   clock.Instant `data:"none"`           // of the first test that arrived
	FailingSince clock.Instant `data:"none"`
	// ParkedUntil: the receiver asked for a pause.
	ParkedUntil clock.Instant `data:"none"`
	// BusyUntil: somebody sends to a target of a serial kind.
	BusyUntil clock.Instant `data:"none"`
	// DueAt is when the next file of a scheduled target ends, SpannedUntil where
	// the last one did.
	DueAt        clock.Instant `data:"none"`
	SpannedUntil clock.Instant `data:"none"`
	CreatedAt    clock.Instant `data:"none"`
}

// Delivery is one event on its way to one target.
type Delivery struct {
	store.Row   `table:"deliveries" subject:"subject" clock:"created:created_at"`
	Subject     id.Subject    `data:"none"`
	Target      id.ID         `db:"target_id" data:"delivery.log"`
	Captured    id.ID         `db:"captured_id" data:"delivery.log"`
	Event       string        `data:"delivery.log"` // captured, corrected, reversed, test, file
	Revision    int64         `data:"none"`
	State       DeliveryState `data:"delivery.log"`
	Attempts    int64         `data:"delivery.log"`
	NextAt      clock.Instant `data:"none"`
	LastStatus  int64         `data:"delivery.log"` // the last answer's HTTP status, 0 for none
	LastError   string        `data:"delivery.log"` // a key
	DeliveredAt clock.Instant `data:"delivery.log"`
	CreatedAt   clock.Instant `data:"delivery.log"`
	Replay      id.ID         `db:"replay_id" data:"none"` // the replay that sent it last
	// BegunAt is before the first attempt: from then on the other side may have it.
	BegunAt clock.Instant `data:"none"`
	// SpanFrom and SpanUntil bound a file: changed after the one, up to the other.
	SpanFrom  clock.Instant `data:"delivery.log"`
	SpanUntil clock.Instant `data:"delivery.log"`
}

// Replay sends what happened in a span to a target again.
type Replay struct {
	store.Row `table:"target_replays" subject:"subject" clock:"created:created_at"`
	Subject   id.Subject    `data:"none"`
	Target    id.ID         `db:"target_id" data:"delivery.log"`
	Since     string        `data:"delivery.log"` // local day, inclusive
	Until     string        `data:"delivery.log"` // local day, inclusive
	State     ReplayState   `data:"delivery.log"`
	Total     int64         `data:"delivery.log"` // counted at the start
	Queued    int64         `data:"delivery.log"`
	LastAt    clock.Instant `data:"none"` // how far it has come
	LastID    id.ID         `data:"none"`
	CreatedAt clock.Instant `data:"delivery.log"`
}

// link is a one-time token by which a chat says whose target it is. It lies in the
// service's home, because it is looked up before the tenant is known.
type link struct {
	store.Row  `table:"target_links" subject:"subject"`
	Subject    id.Subject    `data:"none"`
	Workspace  id.Tenant     `db:"workspace_id" data:"none"`
	Target     id.ID         `db:"target_id" data:"none"`
	TokenIndex vault.Index   `data:"target.secret"`
	ExpiresAt  clock.Instant `data:"none"`
	CreatedAt  clock.Instant `data:"none"`
}

// revocation is a grant that still has to be taken back at its giver. Nothing but
// that reads its secret.
type revocation struct {
	store.Row `table:"target_revocations" subject:"subject"`
	Subject   id.Subject    `data:"none"`
	Kind      string        `data:"none"`
	Secret    vault.Text    `data:"target.secret"`
	Attempts  int64         `data:"none"`
	CreatedAt clock.Instant `data:"none"`
}
