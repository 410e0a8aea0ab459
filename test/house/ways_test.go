package house

import (
	"fmt"
	"strings"
	"testing"
)

// ways are what leads past the door out, or to rows past store.Tx, each with the
// packages or files that may. A type is a way where one is made or held as a value; behind
// a pointer somebody handed it in. Libraries that dial are in imports_test.go.
var ways = []struct {
	why   string
	names string
	may   []string
}{
	{"opens a connection past privacy/egress",
		`net.Dial net.DialTimeout net.DialTCP net.DialUDP net.DialIP net.DialUnix net.Dialer net.ListenPacket net.ListenUDP
		net.ListenMulticastUDP net.ListenIP net.ListenUnixgram net.FileConn net.FilePacketConn
		net/http.Client net/http.Transport net/http.DefaultClient net/http.DefaultTransport net/http.Get net/http.Head net/http.Post net/http.PostForm
		crypto/tls.Dial crypto/tls.DialWithDialer crypto/tls.Dialer`,
		[]string{"internal/privacy/egress", "internal/bench"}},
	{"asks the network for a name past privacy/egress",
		`net.Resolver net.DefaultResolver net.LookupAddr net.LookupCNAME net.LookupHost net.LookupIP net.LookupMX net.LookupNS net.LookupPort net.LookupSRV net.LookupTXT
		net.ResolveIPAddr net.ResolveTCPAddr net.ResolveUDPAddr`,
		// app hands a resolver to the checks of a sender's SPF, DKIM and DMARC
		[]string{"internal/privacy/egress", "internal/app/mail.go", "internal/app/waysin.go"}},
	{"starts another program, which may do anything", `os.StartProcess syscall.ForkExec syscall.StartProcess syscall.Exec`, nil},
	{"makes a socket of its own", `syscall.Socket syscall.Connect syscall.Sendto syscall.Syscall syscall.Syscall6 syscall.RawSyscall syscall.RawSyscall6`, nil},
	{"reaches the database past store.Tx, its tenants and its gate",
		`database/sql.Open database/sql.OpenDB database/sql.DB database/sql.Conn database/sql.Tx (*amanah/internal/store.DB).JobPool (*amanah/internal/store.Tx).SQL`,
		[]string{"internal/store", "internal/job", "internal/bench", "internal/app/trial.go"}},
	{"opens what is sealed past the store", `amanah/internal/vault.New amanah/internal/store/keyring.Open`,
		[]string{"internal/app/keys.go", "internal/backup/restore.go", "internal/backup/trial.go", "internal/bench"}},
}

// closedWays finds every use of a way by a package that may not.
func closedWays(b *built, p *pack) (found []string) {
	for _, u := range b.uses(p) {
		for _, w := range ways {
			for _, name := range strings.Fields(w.names) {
				if u.name == name && !withinAny(u.file, w.may) && !(u.behind && handedIn[name]) {
					found = append(found, fmt.Sprintf("%s: %s %s", u.line, name, w.why))
				}
			}
		}
	}
	return found
}

// handedIn are types of which a pointer is no way by itself.
var handedIn = map[string]bool{"net/http.Client": true, "net/http.Transport": true}

func TestNobodyGoesPastTheDoors(t *testing.T) {
	t.Parallel()
	b := theProgram(t)
	for _, p := range b.packs {
		report(t, closedWays(b, p))
	}
	if len(b.packs) < 50 {
		t.Errorf("only %d packages looked at", len(b.packs))
	}
}
