// Package qris writes and reads the payload of a QRIS code: EMVCo merchant
// presented mode (MPM 1.1) as Bank Indonesia uses it. A payload is text; how it
// is drawn is not decided here.
//
// It promises that what [Encode] wrote [Parse] reads back unchanged, and that
// Parse gives an error and never panics for any other text.
//
// It must never reach the network, and knows nothing of invoices. A payload
// asks for money and proves nothing: who paid is told by the merchant's bank.
package qris
