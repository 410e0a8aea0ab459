package cash

import (
	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Question is something that the program asked a person and waits for.
type Question struct {
	store.Row `table:"cash_questions" subject:"subject" clock:"captured:asked_at"`
	Subject   id.Subject    `data:"none"`
	Kind      string        `data:"none"` // total, twin, people, category, amount, date, split …
	Receipt   id.ID         `db:"receipt_id" data:"none"`
	Entry     id.ID         `db:"entry_id" data:"none"`
	Chat      id.ID         `db:"chat_id" data:"none"` // a row of Chat; zero where a page asked
	Body      vault.Text    `data:"receipt.amount"`    // JSON of what there is to choose from
	State     string        `data:"none"`              // open, answered, gone
	AskedAt   clock.Instant `data:"none"`
	DoneAt    clock.Instant `data:"none"`
}

// Reply is what a chat is to be told; the row goes when it was sent.
type Reply struct {
	store.Row `table:"cash_replies" subject:"subject" clock:"captured:made_at"`
	Subject   id.Subject    `data:"none"`
	Chat      id.ID         `db:"chat_id" data:"none"`
	Body      vault.Text    `data:"receipt.amount"` // JSON: keys and values, not yet in words
	MadeAt    clock.Instant `data:"none"`
}

// Chat is a conversation that a person bound to a family, or a family's group. It
// lies in the service's home, because it is looked up before the family is known.
type Chat struct {
	store.Row `table:"cash_chats" subject:"subject"`
	Subject   id.Subject `data:"none"`
	Workspace id.Tenant  `db:"workspace_id" data:"none"`
	// Group chats answer the family's members; each of them is bound by a chat of
	// their own.
	Group  bool        `db:"of_group" data:"telegram.identity"`
	Number vault.Text  `data:"telegram.identity"` // Telegram's number of the chat
	Index  vault.Index `db:"number_index" data:"telegram.identity"`
	Handle vault.Text  `data:"telegram.identity"`
	Lang   string      `data:"telegram.identity"`
	// BoundAt is when the link was opened.
	BoundAt clock.Instant `data:"telegram.identity"`
}

// Link is a one-time link to the bot. It lies in the home, as Chat does.
type Link struct {
	store.Row  `table:"cash_links" subject:"subject"`
	Subject    id.Subject    `data:"none"`
	Workspace  id.Tenant     `db:"workspace_id" data:"none"`
	Group      bool          `db:"of_group" data:"none"`
	TokenIndex vault.Index   `data:"telegram.identity"`
	ExpiresAt  clock.Instant `data:"none"`
	CreatedAt  clock.Instant `data:"none"`
}
