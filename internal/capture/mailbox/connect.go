package mailbox

import (
	"context"
	"net"
	"strings"
	"time"

	"amanah/internal/channel/imap"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// mostMailboxes is how many one person may connect.
const mostMailboxes = 5

// Entry is what a person enters to connect a mailbox.
type Entry struct {
	Host, User, Password, Folder string
	Port                         int
	Security                     string
	Senders                      string // addresses or domains, parted by lines, commas or blanks
	// Days is how many days of mails that are there already are read; 0: none.
	Days int
}

// Connect tests a mailbox and keeps it. Faults are on the fields of the form.
func (s *Service) Connect(ctx context.Context, sc store.Scope, who id.Subject, e Entry) (id.ID, error) {
	const op = "mailbox.Connect"
	e, senders, err := s.checked(op, e)
	if err != nil {
		return id.ID{}, err
	}
	m := &Mailbox{Subject: who, Workspace: sc.Tenant, Host: vault.Seal(e.Host), Port: int64(e.Port), Security: e.Security, User: vault.Seal(e.User),
		Folder: vault.Seal(e.Folder), Password: vault.Seal(e.Password), Senders: vault.Seal(senders), State: Active}
	if m.Place, err = s.db.Vault().Index(ctx, s.Home, "mailboxes.place", e.Host+"|"+strings.ToLower(e.User)+"|"+e.Folder); err != nil {
		return id.ID{}, fault.Wrap(op, err)
	}
	if err := s.Test(ctx, m); err != nil {
		return id.ID{}, err
	}
	home := s.scope()
	home.Actor = sc.Actor
	err = s.db.Write(ctx, home, func(tx *store.Tx) error {
		n := 0
		if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM mailboxes WHERE tenant_id = $1 AND subject = $2", []any{s.Home, who}, &n); err != nil {
			return err
		}
		if n >= mostMailboxes {
			return fault.New(fault.Invalid, op, "mailbox.too_many").On("user")
		}
		m.CreatedAt, m.NextAt = tx.Now(), tx.Now()
		if e.Days > 0 {
			m.ReadFrom = clock.At(tx.Now().Time().AddDate(0, 0, -min(e.Days, 90)))
		}
		fresh, err := store.InsertOnce(ctx, tx, m, "tenant_id, workspace_id, subject, place")
		if err == nil && !fresh {
			err = fault.New(fault.Invalid, op, "mailbox.there").On("user")
		}
		return err
	})
	if err != nil {
		return id.ID{}, err
	}
	s.poke()
	return m.ID, nil
}

// checked makes an entry whole, or says on which field it is wrong.
func (s *Service) checked(op string, e Entry) (Entry, string, error) {
	bad := func(field, key string) (Entry, string, error) {
		return e, "", fault.New(fault.Invalid, op, key).On(field)
	}
	e.Host, e.User = strings.ToLower(strings.TrimSpace(e.Host)), strings.TrimSpace(e.User)
	if e.Folder = strings.TrimSpace(e.Folder); e.Folder == "" {
		e.Folder = "INBOX"
	}
	senders, ok := sendersOf(e.Senders)
	switch {
	case e.Host == "" || len(e.Host) > 253 || strings.ContainsAny(e.Host, "/:@ ") && net.ParseIP(e.Host) == nil:
		return bad("host", "mailbox.host.invalid")
	case e.User == "" || len(e.User) > 320 || strings.ContainsAny(e.User, "\r\n\x00"):
		return bad("user", "mailbox.user.invalid")
	case e.Password == "" || len(e.Password) > 1000 || strings.ContainsAny(e.Password, "\r\n\x00"):
		return bad("password", "mailbox.password.invalid")
	case len(e.Folder) > 500 || strings.ContainsAny(e.Folder, "\r\n\x00"):
		return bad("folder", "imap.folder")
	case e.Security != imap.TLS && e.Security != imap.StartTLS && (e.Security != imap.Plain || !s.Loopback):
		return bad("security", "imap.insecure")
	case e.Port < 1 || e.Port > 65535:
		return bad("port", "mailbox.port.invalid")
	case !ok:
		return bad("senders", "mailbox.senders.invalid")
	}
	return e, senders, nil
}

// sendersOf reads addresses and domains.
func sendersOf(text string) (string, bool) {
	fields := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune(" ,;\r\n\t", r) })
	for _, f := range fields {
		domain := f[strings.LastIndexByte(f, '@')+1:]
		if !strings.Contains(domain, ".") || len(f) > 320 || strings.ContainsAny(f, "*%/\\<>\"'()") || strings.HasPrefix(domain, ".") || strings.HasSuffix(domain, ".") || freemail[domain] && !strings.Contains(f, "@") {
			return "", false
		}
	}
	return strings.Join(fields, "\n"), len(fields) <= 50
}

// freemail are domains of everybody's mailboxes: named whole they would bring a
// private mailbox in.
var freemail = map[string]bool{"gmail.com": true, "googlemail.com": true, "yahoo.com": true, "yahoo.co.id": true, "outlook.com": true, "hotmail.com": true, "live.com": true, "icloud.com": true, "me.com": true, "proton.me": true, "ymail.com": true}

// Test signs in and opens the folder. Faults are on the fields of the form.
func (s *Service) Test(ctx context.Context, m *Mailbox) error {
	ctx, cancel := context.WithTimeout(ctx, 25*time.Second)
	defer cancel()
	x, err := s.open(ctx, m)
	if err == nil {
		defer x.Close()
		_, err = x.Open(ctx, m.Folder.Reveal())
	}
	if err == nil {
		return nil
	}
	f := fault.Of(err)
	field := map[string]string{"imap.login": "password", "imap.folder": "folder", "imap.insecure": "security"}[f.Key]
	if field == "" {
		field = "host"
	}
	key := f.Key
	if !strings.HasPrefix(key, "imap.") && !strings.HasPrefix(key, "egress.") {
		key = "imap.unreachable"
	}
	return fault.New(fault.Invalid, "mailbox.Test", key).On(field)
}

// List are the person's mailboxes of a workspace.
func (s *Service) List(ctx context.Context, workspace id.Tenant, who id.Subject) (all []Mailbox, err error) {
	err = s.db.Read(ctx, s.scope(), func(tx *store.Tx) error {
		all, err = store.Find[Mailbox](ctx, tx, "WHERE tenant_id = $1 AND workspace_id = $2 AND subject = $3 ORDER BY created_at, id", s.Home, workspace, who)
		return err
	})
	return all, err
}

// Get is one of the person's mailboxes; fault NotFound for anybody else's.
func (s *Service) Get(ctx context.Context, workspace id.Tenant, who id.Subject, key id.ID) (m *Mailbox, err error) {
	err = s.db.Read(ctx, s.scope(), func(tx *store.Tx) error {
		m, err = store.One[Mailbox](ctx, tx, "WHERE tenant_id = $1 AND id = $2 AND workspace_id = $3 AND subject = $4", s.Home, key, workspace, who)
		return err
	})
	return m, err
}

// Pause stops reading until Resume.
func (s *Service) Pause(ctx context.Context, m *Mailbox) error {
	defer s.leave(m.ID)
	return s.set(ctx, m, "UPDATE mailboxes SET state = 'paused', reason = 'mailbox.paused', owner = '' WHERE tenant_id = $1 AND id = $2")
}

// Resume reads again, from where it was.
func (s *Service) Resume(ctx context.Context, m *Mailbox) error {
	defer s.poke()
	return s.set(ctx, m, "UPDATE mailboxes SET state = 'active', reason = '', failures = 0, next_at = created_at WHERE tenant_id = $1 AND id = $2")
}

// NewPassword tests a password and reads on with it.
func (s *Service) NewPassword(ctx context.Context, m *Mailbox, password string) error {
	if password == "" || len(password) > 1000 || strings.ContainsAny(password, "\r\n\x00") {
		return fault.New(fault.Invalid, "mailbox.NewPassword", "mailbox.password.invalid").On("password")
	}
	m.Password = vault.Seal(password)
	if err := s.Test(ctx, m); err != nil {
		return err
	}
	defer s.poke()
	return s.db.Write(ctx, s.scope(), func(tx *store.Tx) error {
		now, err := store.Get[Mailbox](ctx, tx, m.ID)
		if err != nil {
			return err
		}
		now.Password, now.State, now.Reason, now.Failures, now.NextAt = m.Password, Active, "", 0, tx.Now()
		return store.Update(ctx, tx, now)
	})
}

// Disconnect forgets a mailbox and its password at once. What was captured stays.
func (s *Service) Disconnect(ctx context.Context, m *Mailbox) error {
	defer s.leave(m.ID)
	return s.set(ctx, m, "DELETE FROM mailboxes WHERE tenant_id = $1 AND id = $2")
}

// Forget disconnects the mailboxes of a workspace that is being closed.
func (s *Service) Forget(ctx context.Context, workspace id.Tenant) error {
	return fault.Wrap("mailbox.Forget", s.forget(ctx, "workspace_id = $2", workspace))
}

// ForgetPerson disconnects all mailboxes of a person who leaves.
func (s *Service) ForgetPerson(ctx context.Context, who id.Subject) error {
	return fault.Wrap("mailbox.ForgetPerson", s.forget(ctx, "subject = $2", who))
}

// forget ends this node's reading at once; another node finds that its lease is
// gone before it asks for the next mail.
func (s *Service) forget(ctx context.Context, where string, whose any) error {
	var gone []id.ID
	scope := s.scope()
	scope.Purpose = "rights" // leaving works also where reading mails does not
	err := s.db.Write(ctx, scope, func(tx *store.Tx) error {
		rows, err := tx.Query(ctx, "DELETE FROM mailboxes WHERE tenant_id = $1 AND "+where+" RETURNING id", s.Home, whose)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var key id.ID
			if err := rows.Scan(&key); err != nil {
				return err
			}
			gone = append(gone, key)
		}
		return rows.Err()
	})
	for _, key := range gone {
		s.leave(key)
	}
	return err
}

func (s *Service) set(ctx context.Context, m *Mailbox, text string) error {
	return s.db.Write(ctx, s.scope(), func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, text, s.Home, m.ID)
		return err
	})
}
