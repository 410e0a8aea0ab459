package telegram

import (
	"cmp"
	"slices"
	"time"
)

const (
	// AlbumQuiet is how long after the last part of an album no further one is
	// awaited: Telegram sends the parts as messages of their own.
	AlbumQuiet = time.Second
	albumMost  = 10 // parts
)

// Part is a message that was received and waits; Ref is the caller's own name of it,
// such as the id of its row.
type Part[R any] struct {
	Message  *Message
	Received time.Time
	Ref      R
}

// Batch is what was sent as one: a single message, or an album in the order in
// which the person chose its pictures.
type Batch[R any] struct {
	Chat    int64
	Album   string // "" for a single message
	Caption string // of the part that has one; Telegram puts it on the first
	Parts   []Part[R]
}

// Albums gathers what waits. It gives the batches that are whole, the oldest first,
// and when to look again for the rest (the zero time where nothing is left): the
// caller keeps the parts durably, asks with all that wait, and does one batch in one
// transaction. A message is whole at once; an album a second after its last part
// came, or with ten parts. The same message twice (an update that was repeated) is
// one part, the later received one does not count.
//
// A part that comes later still makes a batch of the same Album again: the caller
// may join it to the first.
func Albums[R any](waiting []Part[R], now time.Time) (whole []Batch[R], again time.Time) {
	type key struct {
		chat  int64
		album string
		only  int64 // the message, where it is no album
	}
	byKey := map[key]*Batch[R]{}
	var order []key
	parts := slices.Clone(waiting)
	slices.SortStableFunc(parts, func(a, b Part[R]) int { return a.Received.Compare(b.Received) })
	for _, p := range parts {
		if p.Message == nil {
			continue
		}
		k := key{chat: p.Message.Chat.ID, album: p.Message.Album}
		if k.album == "" {
			k.only = p.Message.ID
		}
		b := byKey[k]
		if b == nil {
			b = &Batch[R]{Chat: k.chat, Album: k.album}
			byKey[k] = b
			order = append(order, k)
		}
		if !slices.ContainsFunc(b.Parts, func(o Part[R]) bool { return o.Message.ID == p.Message.ID }) {
			b.Parts = append(b.Parts, p)
		}
	}
	for _, k := range order {
		b := byKey[k]
		if until := b.Parts[len(b.Parts)-1].Received.Add(AlbumQuiet); b.Album != "" && len(b.Parts) < albumMost && now.Before(until) {
			if again.IsZero() || until.Before(again) {
				again = until
			}
			continue
		}
		slices.SortFunc(b.Parts, func(a, c Part[R]) int { return cmp.Compare(a.Message.ID, c.Message.ID) })
		for _, p := range b.Parts {
			if b.Caption == "" {
				b.Caption = p.Message.Caption
			}
		}
		whole = append(whole, *b)
	}
	return whole, again
}
