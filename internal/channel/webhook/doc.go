// Package webhook signs what is delivered to a user's target, and verifies what
// others deliver, by the Standard Webhooks convention: the headers webhook-id,
// webhook-timestamp and webhook-signature with HMAC-SHA256.
//
// It must never print a secret: Secret hides itself from logs and from fmt.
package webhook
