// Package chat is the conversation of JagaCash: what people write and photograph in
// Telegram becomes entries, and buttons mend them.
//
// It owns the reading of sentences ([Parse]), the binding of chats by one-time
// links, the answers, and the page where a person binds and unbinds a chat. The
// entries are package cash's, the speaking with Telegram channel/telegram's.
//
// # What it promises
//
//   - Of a chat that is not bound nothing is kept: it is told the way to consent.
//   - What a bound chat sends is durable before Telegram forgets it, is done once,
//     and its words are destroyed when they were read.
//   - A button carries ids alone, and what it asks for is judged anew: whoever sends
//     a made-up one gets what the sender may do, and nothing of another family.
//   - What belongs to one person is not said in a group.
//   - What is unsure is asked.
//
// # What it must never do
//
// Book what a sentence does not say. Put a name, an amount or a text into a log.
package chat
