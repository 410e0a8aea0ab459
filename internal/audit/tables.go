package audit

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
)

// entry is one act. The commitments stay; the person's own columns are emptied
// when the person is erased. It waits in the enclosure where it was made, with Seq
// 0, until Log.Order puts it into the log of its home.
type entry struct {
	store.Row `table:"audit_entries" subject:"subject,actor" clock:"created:logged_at" erase:"free"`
	Home      id.Tenant     `data:"none"`
	Seq       int64         `data:"none"`
	Logged    clock.Instant `data:"security.log" db:"logged_at"`
	At        clock.Instant `data:"security.log"`
	ActorKind string        `data:"security.log"`
	Actor     id.Subject    `data:"none"`
	ActorSalt []byte        `data:"security.log" whose:"actor"`
	ActorMark []byte        `data:"none"`
	Act       string        `data:"security.log"`
	Object    string        `data:"none"`
	Count     int64         `data:"none" db:"count_of"`
	Purpose   string        `data:"none"`
	Subject   id.Subject    `data:"none"`
	Salt      []byte        `data:"security.log" whose:"subject"`
	Mark      []byte        `data:"none"`
}

// tree is how far a home's log has come, and what its last verification found.
type tree struct {
	store.Row    `table:"audit_trees" subject:"-"`
	Size         int64         `data:"none"`
	Verified     clock.Instant `data:"none" db:"verified_at"`
	VerifiedSize int64         `data:"none"`
	Broken       string        `data:"none"`
}

// block holds the hashes of blockSize leaves one after the other, and the hash of
// the subtree over them.
type block struct {
	store.Row `table:"audit_blocks" subject:"-"`
	Number    int64  `data:"none"`
	Root      []byte `data:"none"`
	Hashes    []byte `data:"none"`
}

// checkpoint is a signed statement of size, root hash and time.
type checkpoint struct {
	store.Row `table:"audit_checkpoints" subject:"-"`
	Size      int64         `data:"none"`
	At        clock.Instant `data:"none"`
	Note      string        `data:"none"`
}

// link is one row of the older log, a chain for each tenant. Nothing is added to
// it; what it holds goes on being verified until its term is over.
type link struct {
	store.Row `table:"audit_log" subject:"subject,actor" clock:"created:at" erase:"free"`
	Seq       int64         `data:"none"`
	At        clock.Instant `data:"security.log"`
	ActorKind string        `data:"security.log"`
	Actor     id.Subject    `data:"none"`
	ActorSalt []byte        `data:"security.log" whose:"actor"`
	ActorMark []byte        `data:"none"`
	Act       string        `data:"security.log"`
	Object    string        `data:"none"`
	Count     int64         `data:"none" db:"count_of"`
	Purpose   string        `data:"none"`
	Subject   id.Subject    `data:"none"`
	Salt      []byte        `data:"security.log" whose:"subject"`
	Mark      []byte        `data:"none"`
	Before    []byte        `data:"none" db:"before_hash"`
	Hash      []byte        `data:"none"`
}

// head is the end of a tenant's older chain.
type head struct {
	store.Row `table:"audit_heads" subject:"-"`
	Seq       int64  `data:"none"`
	Hash      []byte `data:"none"`
}

// activity is one line that a person reads about the own account.
type activity struct {
	store.Row `table:"activity_log" subject:"subject" clock:"created:at"`
	Subject   id.Subject    `data:"none"`
	At        clock.Instant `data:"activity.log"`
	Act       string        `data:"activity.log"`
	Object    string        `data:"activity.log"`
	Count     int64         `data:"none" db:"count_of"`
}

// Tables are what the package stores.
func Tables() store.Set {
	return store.Set{Module: "audit", Rows: []any{entry{}, tree{}, block{}, checkpoint{}, read{}, alert{}, link{}, head{}, activity{}}}
}

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations make the tables.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

//go:embed i18n/*.json
var texts embed.FS

// Texts are the acts in words, for i18n.New: the key of an act is "audit." and
// its name.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
