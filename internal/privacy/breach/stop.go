package breach

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"amanah/internal/audit"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/privacy/receipt"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/vault"
)

// StopTask is the kind of the job that ends access.
const StopTask = "breach.stop"

// What can be stopped, and whose.
const (
	StopSessions     = "sessions"
	StopTokens       = "tokens"
	StopIntegrations = "integrations"
	OfSource         = "source" // the accounts that read
	OfPeople         = "people" // all whom the incident concerns
)

// Stop orders that access is ended, in one press: sessions, tokens and integrations
// of the accounts that read, or of all whom the incident concerns. A job does it,
// and adds what it ended to the incident. A drill ends nothing.
func (s *Service) Stop(ctx context.Context, tx *store.Tx, c *Incident, by id.Subject, of string, what []string) error {
	const op = "breach.Stop"
	all := []string{StopSessions, StopTokens, StopIntegrations}
	if of != OfSource && of != OfPeople || len(what) == 0 || slices.ContainsFunc(what, func(x string) bool { return !slices.Contains(all, x) }) {
		return fault.New(fault.Invalid, op, "breach.stop.empty").On("what")
	}
	if _, ok := c.Summary(); !ok || !c.EndedAt.IsZero() {
		return fault.New(fault.Conflict, op, "breach.stop.early")
	}
	order := &Step{Incident: c.ID, At: tx.Now(), By: by, What: "stop_ordered", Text: vault.Seal(of + " " + strings.Join(what, " "))}
	order.ID = tx.NewID()
	if err := store.Insert(ctx, tx, order); err != nil {
		return fault.Wrap(op, err)
	}
	if c.Drill || s.cfg.Stop == nil {
		return nil
	}
	return fault.Wrap(op, s.cfg.Jobs.Enqueue(ctx, tx, job.Task{Kind: StopTask, Service: tx.Scope().Service, Tenant: tx.Tenant(), ID: order.ID}, tx.Now().Time()))
}

// StopAll is the job of Stop: it does what Stop ordered; it may run again.
func (s *Service) StopAll(ctx context.Context, t job.Task) error {
	const op = "breach.StopAll"
	home := s.cfg.Home(t.Service)
	var c *Incident
	var words []string
	var people []id.Subject
	var places []id.Tenant
	err := s.cfg.DB.Read(ctx, home, func(tx *store.Tx) error {
		order, err := store.Get[Step](ctx, tx, t.ID)
		if err != nil {
			return err
		}
		if words = strings.Fields(order.Text.Reveal()); order.What != "stop_ordered" || len(words) < 2 {
			return fault.New(fault.NotFound, op, "")
		}
		if c, err = store.Get[Incident](ctx, tx, order.Incident); err == nil {
			people, places, err = s.whose(ctx, tx, c, words[0])
		}
		return err
	})
	if err != nil {
		return fault.Wrap(op, err)
	}
	ended := map[string]int{}
	for _, what := range words[1:] {
		n, err := s.stop(ctx, t.Service, what, people, places)
		if err != nil {
			return fault.Wrap(op, err)
		}
		ended[what] = n
	}
	return fault.Wrap(op, s.cfg.DB.Write(ctx, home, func(tx *store.Tx) error {
		text := fmt.Sprintf("%d accounts: %d sessions, %d tokens, %d integrations", len(people), ended[StopSessions], ended[StopTokens], ended[StopIntegrations])
		if err := s.add(ctx, tx, c, id.Subject{}, "stopped", text); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Act{Name: "breach.stopped", Object: "breach", Count: int64(len(people))})
	}))
}

// whose are the accounts, and the workspaces that they belong to; of an incident in
// one workspace that one alone.
func (s *Service) whose(ctx context.Context, tx *store.Tx, c *Incident, of string) (people []id.Subject, places []id.Tenant, err error) {
	if of == OfSource {
		f, err := s.filter(c.Query())
		if err == nil {
			people, err = audit.Actors(ctx, tx, f)
		}
		if err != nil {
			return nil, nil, err
		}
	} else {
		all, err := store.Find[Exposed](ctx, tx, "WHERE tenant_id = $1 AND incident_id = $2 AND subject_id IS NOT NULL", tx.Tenant(), c.ID)
		if err != nil {
			return nil, nil, err
		}
		for _, x := range all {
			people = append(people, x.Subject)
		}
	}
	if only := c.Query().Tenant; !only.IsZero() {
		return people, []id.Tenant{only}, nil
	}
	for _, who := range people {
		mine, err := tenant.Of(ctx, tx, who)
		if err != nil {
			return nil, nil, err
		}
		for _, m := range mine {
			if !slices.Contains(places, m.Workspace.Key()) {
				places = append(places, m.Workspace.Key())
			}
		}
	}
	return people, places, nil
}

func (s *Service) stop(ctx context.Context, service, what string, people []id.Subject, places []id.Tenant) (n int, err error) {
	add := func(m int, e error) {
		n += m
		if err == nil {
			err = e
		}
	}
	switch what {
	case StopSessions:
		for _, who := range people {
			add(s.cfg.Stop.Sessions(ctx, service, who))
		}
	case StopTokens:
		for _, who := range people {
			add(s.cfg.Stop.Tokens(ctx, service, who))
		}
	case StopIntegrations:
		for _, place := range places {
			add(s.cfg.Stop.Integrations(ctx, service, place))
		}
	}
	return n, err
}

// Evidence writes the bundle of an incident as a ZIP: the slice of the read log, the
// audit log with its signed checkpoint, the digests of both, and a receipt over
// them. The receipt's digest is kept with the incident. It opens transactions of its
// own.
func (s *Service) Evidence(ctx context.Context, service string, key id.ID, by id.Subject, w io.Writer) error {
	const op = "breach.Evidence"
	home := s.cfg.Home(service)
	var c *Incident
	var reads, log bytes.Buffer
	err := s.cfg.DB.Read(ctx, home, func(tx *store.Tx) (err error) {
		if c, err = store.Get[Incident](ctx, tx, key); err != nil {
			return err
		}
		f, err := s.filter(c.Query())
		if err == nil {
			_, err = audit.Slice(ctx, tx, f, &reads)
		}
		return err
	})
	if err != nil {
		return fault.Wrap(op, err)
	}
	files := []File{{"reads.jsonl", reads.Bytes()}}
	if s.cfg.Log != nil {
		if err := s.cfg.Log(ctx, service, &log); err != nil {
			return fault.Wrap(op, err)
		}
		files = append(files, File{"audit.log", log.Bytes()})
	}
	digests, lines := map[string]string{}, ""
	for _, f := range files {
		digests[f.Name] = digest(f.Body)
		lines += digests[f.Name] + "  " + f.Name + "\n"
	}
	files = append(files, File{"SHA256SUMS", []byte(lines)})
	err = s.cfg.DB.Write(ctx, home, func(tx *store.Tx) error {
		n, err := s.notice(tx)
		if err != nil {
			return err
		}
		signed, err := s.cfg.Key.Sign(receipt.Statement{Kind: receipt.Breach, Number: c.ID, Service: service, Issued: tx.Now().Time(),
			Controller: receipt.Controller{Name: n.Controller().Name, Address: n.Controller().Address, Email: n.Controller().Email},
			Body:       receipt.BreachBody{Number: c.Number, Drill: c.Drill, State: string(c.State), Files: digests}})
		if err != nil {
			return err
		}
		files = append(files, File{"receipt.json", signed})
		if err := s.add(ctx, tx, c, by, "evidence", digest(signed)); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Act{Name: "breach.evidence", Object: "breach", Count: 1})
	})
	if err != nil {
		return fault.Wrap(op, err)
	}
	return zipped(w, files)
}

func zipped(w io.Writer, files []File) error {
	z := zip.NewWriter(w)
	for _, f := range files {
		part, err := z.Create(f.Name)
		if err != nil {
			return err
		}
		if _, err := part.Write(f.Body); err != nil {
			return err
		}
	}
	return z.Close()
}
