// Package vault owns the keys and everything that is sealed under them: values
// of single columns, files, and the blind indexes by which a sealed value can be
// looked up. To erase a person is first to destroy that person's key here: every
// value and file of theirs becomes unreadable, in the database, its log, the
// files and every backup.
//
// It must never keep a key beside the data, write a key unwrapped anywhere,
// make a second key for a person whose key was destroyed, or put plain content
// into an error. It imports no database: the key ring (Keys) and the place of
// the files (Files) are handed in.
//
// # Keys
//
//	master key   outside the program's data: a file, the environment, or a KMS
//	└ tenant key    32 random bytes, wrapped by the master key
//	  └ person key     32 random bytes, wrapped under the tenant key
//
// From each key K others are derived, HKDF-SHA256(K, no salt, label), 32 bytes:
//
//	amanah/vault/v1/wrap    of master and tenant keys: AES-256-GCM of the keys below
//	amanah/vault/v1/value   of tenant and person keys: AES-256-GCM of values
//	amanah/vault/v1/file    of tenant and person keys: input key of streams
//	amanah/vault/v1/index   of tenant keys: HMAC-SHA256 of blind indexes
//	amanah/vault/v1/id      of all: its first 4 bytes are the key id (not secret)
//
// # Layout, version 1
//
// A sealed value and a wrapped key, 33 bytes longer than the content:
//
//	offset  bytes  what
//	0       1      version 0x01
//	1       4      key id
//	5       12     random nonce
//	17      n      AES-256-GCM ciphertext
//	17+n    16     tag
//
// The associated data is bytes 0 to 4, then that of the caller: for a value
// AAD(table, row, column); for a wrapped key the parts "tenant-key", tenant, or
// "person-key", tenant, person. Parts are joined as length (4 bytes, big endian)
// and bytes, ids in their canonical text. Under one key at most 2^32 values may
// be sealed (random nonces); a person never gets near. What a tenant seals under
// its own key (the zero subject) should stay what is not about a person.
//
// A key wrapped by a KMS: version 0x02, 4 bytes of SHA-256 of the KMS key's
// name, then the ciphertext of the KMS.
//
// A file: version 0x01, key id, then a Tink AES256_GCM_HKDF stream (SHA-256,
// 64 KiB ciphertext segments): header 0x28, 32 bytes salt, 7 bytes nonce prefix,
// segments. Associated data: the five bytes before, then the parts "file" and
// the file's id.
//
// A blind index: HMAC-SHA256 over the parts column name and value.
//
// # Memory
//
// Unwrapped keys are cached for at most 30 seconds by the handed-in clock, so
// that a destruction on another node takes effect soon; a destruction on this
// node takes effect before it returns. Evicted keys are overwritten as far as
// Go allows: the expanded AES keys inside crypto/aes and copies in use cannot be
// reached.
package vault
