// Package ocr turns the bytes of a picture into the words that stand on it.
//
// It owns the decoding of pictures within limits, turning and straightening them,
// and the two engines that read them. It knows no receipts, opens no connection
// and keeps no picture: what a camera wrote beside one (place, device, time) is
// never read further than its orientation. It must never hand bytes to a decoder
// before it has looked at the size that they claim.
package ocr
