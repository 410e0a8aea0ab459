// Package tell says how the privacy packages reach people: they stand below the
// trade that writes notices and letters, so they declare what they need here, and
// app hands it in.
//
// It owns nothing and stores nothing.
package tell

import (
	"context"

	"amanah/internal/id"
	"amanah/internal/store"
)

// Tones of a message.
const (
	Info    = "info"
	Warning = "warning"
	Danger  = "danger"
)

// Message is something that a person must know.
type Message struct {
	// Subject is whom to tell; TellOfficers fills it in.
	Subject id.Subject
	// Key names the sentences <Key>.title, <Key>.text and, with a link, <Key>.act.
	Key string
	// Args fill the places of the sentences. They may be personal: they are sealed.
	Args map[string]string
	// Link is a path within the service, such as "/privacy/me"; "" for none.
	Link string
	// Once makes repeats one, such as "request:<id>:answered"; "" never does.
	Once string
	// Tone is Info where empty.
	Tone string
	// Quiet leaves the letter out: a notice in the pages alone.
	Quiet bool
}

// Teller reaches a person in the app and by letter. Tell wants a transaction in
// the service's home and stands or falls with it.
type Teller interface {
	Tell(ctx context.Context, tx *store.Tx, m Message) error
}

// Officers reaches everybody who looks after privacy in a service, each once.
type Officers interface {
	TellOfficers(ctx context.Context, tx *store.Tx, m Message) error
}
