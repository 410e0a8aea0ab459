// Package telegram speaks the Bot API of Telegram: messages with buttons, files
// both ways, edits, albums, and updates by webhook or by asking.
//
// It promises that the bot's token, which is part of every address, is in no
// error: what net/http says of a failure is thrown away. It follows no redirect,
// keeps Telegram's rates (Limiter), and lets no update go before the caller has
// made it durable (Poller, Webhook). Of what Telegram tells about people it reads
// only the fields that its types name; an Update that is encoded again holds no
// more than those.
//
// It must never open a connection of its own: the client is handed in. It keeps
// nothing.
package telegram
