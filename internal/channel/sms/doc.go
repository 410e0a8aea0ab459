// Package sms hands short texts to a telephone's network: through the HTTP
// gateway of whatever company the operator has a contract with, or, where there
// is none, into a folder that the operator reads.
//
// What a gateway is sent is configuration: a tree of values (JSON) or a list of
// fields (a form) with places to fill in. The values are filled in after the
// shape was read, so that no number and no text can change it.
//
// It must never put a number, a text or the gateway's answer into an error or a
// log, and opens no connection by itself: it is handed the door's client.
package sms
