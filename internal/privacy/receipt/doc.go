// Package receipt makes signed receipts that anybody can verify without the
// program: with the file, the public key and two public standards.
//
// It owns the signing key and the format. It must never put personal data into
// a receipt, and never sign what it was not given whole.
//
// # Format, version 1
//
// One JSON object in UTF-8:
//
//	format      "amanah.receipt/1"
//	kind        "erasure", "erasure-order", "export", "retention", "consent"
//	number      UUID of the receipt
//	service     the service's name, such as "ctt"
//	controller  {name, address, email}: who answers for it
//	issued      RFC 3339, UTC
//	body        an object; its members depend on the kind
//	key         {id, algorithm, public}: id is the first 16 hexadecimal digits of
//	            the SHA-256 of the public key, algorithm "Ed25519", public the 32
//	            bytes in standard base64
//	signature   Ed25519 over the canonical form, standard base64
//
// What is signed is the object without the member "signature", in the canonical
// form of RFC 8785 (JCS). Other members are refused, so that nothing unsigned
// or unknown can be shown beside what is signed. Numbers are whole and below
// 2^53.
//
// The bodies are ErasureBody (kinds "erasure" and "erasure-order") and ExportBody
// (kind "export"); that of a consent is its record in JSON-LD (privacy/consent).
// Whatever a person reads in one stands in it in both languages.
//
// To verify by hand: remove "signature", canonicalise, check Ed25519 with the
// public key that the controller publishes. The key inside the file only says
// which one it was; a receipt is worth what its published key is worth.
//
// # The key
//
// 32 bytes of seed, wrapped by the vault's master key, in a file of mode 0600 in
// the folder of keys. It is made at the first start and kept: receipts stay
// verifiable as long as the public key is published.
package receipt
