// Package telegramtest plays Telegram for one bot, for tests: the Bot API on one
// side, and people who write, photograph, press and edit on the other.
//
// It is written from the documented shapes, and refuses what Telegram refuses: an
// unknown token, method or chat, marks that cannot be read, texts and buttons that
// are too long, a second answer to a press, two who ask for updates at once, asking
// while a webhook is set. It keeps an update until the next one is asked for, or the
// webhook said 200. It waits for answers without sleeping.
//
// It is not Telegram: pictures are not made smaller, and rates are counted by nobody
// (Fail answers 429 on demand).
package telegramtest
