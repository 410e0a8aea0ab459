// Package imaptest runs a real IMAP server (Dovecot) for tests: with its own
// configuration, certificate and users, on ports of its own.
package imaptest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Server is a running Dovecot.
type Server struct {
	Port    int // in clear and STARTTLS
	TLSPort int
	CAs     *x509.CertPool

	t    testing.TB
	dir  string
	uid  int
	cmd  *exec.Cmd
	mail atomic.Int64
}

// Start runs a server with one user, rina@example.com, until the end of the test.
func Start(t testing.TB) *Server {
	t.Helper()
	bin, err := exec.LookPath("dovecot")
	if err != nil {
		if bin = "/usr/sbin/dovecot"; !exists(bin) {
			t.Fatal("dovecot is missing: tools/setup.sh test installs dovecot-imapd")
		}
	}
	dir, err := os.MkdirTemp("", "imap")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{t: t, dir: dir, uid: os.Getuid()}
	if s.uid == 0 {
		s.uid = 65534
	}
	t.Cleanup(func() {
		if log, err := os.ReadFile(filepath.Join(dir, "log")); err == nil && t.Failed() {
			t.Logf("%s", log)
		}
		_ = os.RemoveAll(dir)
	})
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // the server's own user reads it
		t.Fatal(err)
	}
	s.Port, s.TLSPort = freePort(t), freePort(t)
	s.certificate()
	s.SetPassword("rina@example.com", "first-secret")
	s.maildir("rina@example.com")
	s.write("dovecot.conf", s.config())
	s.Restart(bin)
	t.Cleanup(s.Stop)
	return s
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

func freePort(t testing.TB) int {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

func (s *Server) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o644); err != nil { //nolint:gosec // the server's own user reads it
		s.t.Fatal(err)
	}
}

func (s *Server) config() string {
	users := ""
	if os.Getuid() != 0 {
		me := strconv.Itoa(os.Getuid())
		if out, err := exec.CommandContext(context.Background(), "id", "-un").Output(); err == nil {
			me = strings.TrimSpace(string(out))
		}
		users = "default_internal_user = " + me + "\ndefault_login_user = " + me + "\n"
	}
	return fmt.Sprintf(`%sbase_dir = %[2]s/run
state_dir = %[2]s/state
log_path = %[2]s/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <%[2]s/cert.pem
ssl_key = <%[2]s/key.pem
auth_mechanisms = plain login
auth_failure_delay = 0
auth_cache_size = 0
disable_plaintext_auth = no
mail_location = maildir:%[2]s/mail/%%u
mail_max_userip_connections = 50
first_valid_uid = 1
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%%u %[2]s/users
}
userdb {
  driver = static
  args = uid=%[3]d gid=%[4]d home=%[2]s/mail/%%u
}
service imap-login {
  chroot =
  inet_listener imap {
    port = %[5]d
  }
  inet_listener imaps {
    port = %[6]d
    ssl = yes
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
`, users, s.dir, s.uid, s.gid(), s.Port, s.TLSPort)
}

func (s *Server) gid() int {
	if os.Getuid() == 0 {
		return 65534
	}
	return os.Getgid()
}

// SetPassword makes a user or changes its password.
func (s *Server) SetPassword(user, password string) {
	s.write("users.new", user+":{PLAIN}"+password+"::::::\n")
	if err := os.Rename(filepath.Join(s.dir, "users.new"), filepath.Join(s.dir, "users")); err != nil {
		s.t.Fatal(err)
	}
}

// Restart starts the server, after Stop or for the first time.
func (s *Server) Restart(bin ...string) {
	s.t.Helper()
	path := "/usr/sbin/dovecot"
	if len(bin) > 0 {
		path = bin[0]
	}
	s.cmd = exec.CommandContext(context.Background(), path, "-F", "-c", filepath.Join(s.dir, "dovecot.conf")) //nolint:gosec // a test's own server
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		c, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Port))) //nolint:forbidigo // a test knocks at its own server
		if err == nil {
			_ = c.Close()
			return
		}
		if ctx.Err() != nil {
			log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			s.t.Fatalf("dovecot did not start: %s", log)
		}
	}
}

// Stop ends the server at once, with all its connections.
func (s *Server) Stop() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Signal(os.Interrupt)
	_ = s.cmd.Wait()
	s.cmd = nil
}

func (s *Server) maildir(user string) string {
	s.t.Helper()
	box := filepath.Join(s.dir, "mail", user)
	for _, d := range []string{filepath.Join(s.dir, "mail"), box, box + "/new", box + "/cur", box + "/tmp"} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			s.t.Fatal(err)
		}
		s.own(d)
	}
	return box
}

func (s *Server) own(path string) {
	if os.Getuid() == 0 {
		if err := os.Chown(path, s.uid, s.gid()); err != nil {
			s.t.Fatal(err)
		}
	}
}

// Drop delivers a mail into a user's INBOX as a mail server does.
func (s *Server) Drop(user, raw string) {
	s.t.Helper()
	box := s.maildir(user)
	name := fmt.Sprintf("%d.M%dP1.test", time.Now().Unix(), s.mail.Add(1)) //nolint:forbidigo // the server's own clock
	if err := os.WriteFile(filepath.Join(box, "tmp", name), []byte(raw), 0o600); err != nil {
		s.t.Fatal(err)
	}
	s.own(filepath.Join(box, "tmp", name))
	if err := os.Rename(filepath.Join(box, "tmp", name), filepath.Join(box, "new", name)); err != nil {
		s.t.Fatal(err)
	}
}

// Renumber has the server forget all UIDs of a user's INBOX: its UIDVALIDITY
// changes. The server must not run.
func (s *Server) Renumber(user string) {
	s.t.Helper()
	box := s.maildir(user)
	for _, pattern := range []string{"dovecot*", ".INBOX/dovecot*"} {
		files, err := filepath.Glob(filepath.Join(box, pattern))
		for _, f := range files {
			err = errors.Join(err, os.RemoveAll(f))
		}
		if err != nil {
			s.t.Fatal(err)
		}
	}
	list := fmt.Sprintf("3 V%d N1\n", time.Now().Unix()+100+s.mail.Add(1)) //nolint:forbidigo // as above
	if err := os.WriteFile(filepath.Join(box, "dovecot-uidlist"), []byte(list), 0o600); err != nil {
		s.t.Fatal(err)
	}
	s.own(filepath.Join(box, "dovecot-uidlist"))
}

// certificate makes one for 127.0.0.1 and localhost, and the pool that trusts it.
func (s *Server) certificate() {
	s.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<33, 0),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		s.t.Fatal(err)
	}
	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		s.t.Fatal(err)
	}
	s.write("cert.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	s.write("key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: private})))
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		s.t.Fatal(err)
	}
	s.CAs = x509.NewCertPool()
	s.CAs.AddCert(parsed)
}
