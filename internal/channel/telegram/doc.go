// Package telegram speaks the Bot API of Telegram: it sends messages and takes
// updates, by webhook or by asking.
//
// It promises that the bot's token, which is part of every address, is in no
// error: what net/http says of a failure is thrown away. It follows no redirect
// and keeps nothing.
//
// It must never open a connection of its own: the client is handed in.
package telegram
