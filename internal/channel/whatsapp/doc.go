// Package whatsapp speaks with the WhatsApp Cloud API of a Graph server. So far
// it sends one thing: a code, by an approved authentication template.
//
// It must never put a number, a code or the other side's words into an error or
// a log, and opens no connection by itself: it is handed the door's client.
package whatsapp
