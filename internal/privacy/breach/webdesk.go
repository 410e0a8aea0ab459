package breach

import (
	"bytes"
	"context"
	"encoding/csv"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/desk"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// view is what the officers' page of an incident shows.
type view struct {
	Case    *Incident
	Found   Summary
	Known   bool
	Steps   []Step
	Tasks   []Task
	Reports []Report
	Clocks  []clockLine
	Parts   Parts // accepted, or the drafts where nothing was accepted
	Missing []string
	Told    Told
	Form    *ui.Form
	Path    string
	Names   map[string]string // of categories, in the page's language
}

type clockLine struct {
	Name string
	Due  time.Time
	Met  time.Time
	Late bool
}

func (s *Service) fill(ctx context.Context, tx *store.Tx, d *view, language string) (err error) {
	c := d.Case
	if d.Steps, err = Steps(ctx, tx, c); err != nil {
		return err
	}
	if d.Tasks, err = Tasks(ctx, tx, c); err != nil {
		return err
	}
	if d.Reports, err = ReportsOf(ctx, tx, c); err != nil {
		return err
	}
	if d.Told, err = s.told(ctx, tx, c); err != nil {
		return err
	}
	n, err := s.notice(tx)
	if err != nil {
		return err
	}
	d.Found, d.Known = c.Summary()
	d.Names = map[string]string{}
	for k := range d.Found.Categories {
		d.Names[k] = nameOf(n, k, language)
	}
	d.Parts = s.Accepted(n, c)
	d.Missing = d.Parts.Missing(append(ForAuthority(), PartAdvice))
	if c.Letters.Reveal() == "" {
		d.Parts = s.Draft(n, c)
	}
	if d.Form == nil || d.Form.OK() {
		d.Form = ui.NewForm(url.Values{})
	}
	for _, name := range written() {
		if _, sent := d.Form.Values[name+"_id"]; !sent {
			d.Form.Values[name+"_id"], d.Form.Values[name+"_en"] = []string{d.Parts[name].ID}, []string{d.Parts[name].EN}
		}
	}
	if !c.ConfirmedAt.IsZero() {
		done := map[string]clock.Instant{DueAssess: c.AssessedAt, DueContain: c.ContainedAt, DueAuthority: c.SentAt, DuePeople: c.PeopleAt}
		for _, x := range s.dues(n, c) {
			met := done[x.name]
			d.Clocks = append(d.Clocks, clockLine{x.name, x.at, met.Time(), met.IsZero() && tx.Now().Time().After(x.at) || met.Time().After(x.at)})
		}
	}
	return nil
}

func (s *Service) deskOne(v identity.Visit) error { return s.showDesk(v, http.StatusOK, nil) }

func (s *Service) showDesk(v identity.Visit, status int, f *ui.Form) error {
	show := view{Form: f}
	err := s.readOf(v, func(tx *store.Tx, c *Incident) error {
		show.Case = c
		return s.fill(v.R.Context(), tx, &show, lang(v))
	})
	if err != nil {
		return err
	}
	show.Path = v.Path(show.Case.deskPath())
	return v.Render(status, web.Page{Title: v.T("breach.case", "number", show.Case.Number), Form: show.Form, Wide: true, Back: &ui.Tab{Label: v.T("breach.title"), Href: v.Path(root)}}, deskPage(show))
}

// deskAct runs what an officer does in an incident.
func (s *Service) deskAct(v identity.Visit) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	f, err := v.Form()
	if err != nil {
		return err
	}
	name := v.R.PathValue("act")
	if name == "assess" { // it opens transactions of its own
		err = s.assessAct(v, key, f)
	} else {
		act := s.act(name)
		if act == nil {
			return fault.New(fault.NotFound, "breach.deskAct", "")
		}
		err = s.cfg.DB.Write(v.R.Context(), desk.Scope(v.Who), func(tx *store.Tx) error {
			c, err := store.Get[Incident](v.R.Context(), tx, key)
			if err != nil {
				return err
			}
			return act(v.R.Context(), tx, c, v.Who.Subject, f)
		})
	}
	if err != nil {
		if !f.Take(err) {
			return err
		}
		return s.showDesk(v, identity.Refusal(err), f)
	}
	return v.To(root+"/"+key.String(), "breach.done")
}

func (s *Service) assessAct(v identity.Visit, key id.ID, f *ui.Form) error {
	q := Query{Table: f.Value("table"), Category: f.Value("category")}
	for _, x := range []struct {
		field string
		to    *id.ID
	}{{"credential", &q.Credential}, {"account", (*id.ID)(&q.Account)}, {"tenant", (*id.ID)(&q.Tenant)}} {
		found, err := keyOf(f.Value(x.field))
		if err != nil {
			return fault.New(fault.Invalid, "breach.assessAct", "breach.id.wrong").On(x.field)
		}
		*x.to = found
	}
	for _, x := range []struct {
		field string
		to    *clock.Instant
	}{{"from", &q.From}, {"to", &q.To}} {
		at, err := until(x.field, f.Value(x.field))
		if err != nil {
			return err
		}
		if !at.IsZero() {
			*x.to = clock.At(at)
		}
	}
	_, err := s.Assess(v.R.Context(), v.Who.Service, key, v.Who.Subject, q)
	return err
}

type deskFunc func(ctx context.Context, tx *store.Tx, c *Incident, by id.Subject, f *ui.Form) error

// act finds what the last part of an address does.
func (s *Service) act(name string) deskFunc {
	return map[string]deskFunc{
		"decide": s.decide,
		"contain": func(ctx context.Context, tx *store.Tx, c *Incident, by id.Subject, f *ui.Form) error {
			return s.Contain(ctx, tx, c, by, f.Value("how"))
		},
		"stop": func(ctx context.Context, tx *store.Tx, c *Incident, by id.Subject, f *ui.Form) error {
			return s.Stop(ctx, tx, c, by, f.Value("of"), f.Values["what"])
		},
		"letters": func(ctx context.Context, tx *store.Tx, c *Incident, by id.Subject, f *ui.Form) error {
			p := Parts{}
			for _, part := range written() {
				p[part] = Pair{f.Value(part + "_id"), f.Value(part + "_en")}
			}
			return s.Accept(ctx, tx, c, by, p)
		},
		"authority": func(ctx context.Context, tx *store.Tx, c *Incident, by id.Subject, f *ui.Form) error {
			at, err := until("at", f.Value("at"))
			if err != nil {
				return err
			}
			return s.Dispatch(ctx, tx, c, by, at, f.Value("by_way"), f.Value("ref"))
		},
		"people": func(ctx context.Context, tx *store.Tx, c *Incident, by id.Subject, _ *ui.Form) error {
			return s.TellPeople(ctx, tx, c, by)
		},
		"remediate": func(ctx context.Context, tx *store.Tx, c *Incident, by id.Subject, f *ui.Form) error {
			return s.Remediate(ctx, tx, c, by, f.Value("how"))
		},
		"attach": func(ctx context.Context, tx *store.Tx, c *Incident, by id.Subject, f *ui.Form) error {
			return s.Attach(ctx, tx, c, by, f.Value("document"), f.Value("digest"))
		},
		"crime": func(ctx context.Context, tx *store.Tx, c *Incident, by id.Subject, _ *ui.Form) error {
			return s.SuspectCrime(ctx, tx, c, by)
		},
		"task": func(ctx context.Context, tx *store.Tx, c *Incident, by id.Subject, f *ui.Form) error {
			return s.AddTask(ctx, tx, c, by, f.Value("kind"), f.Value("note"))
		},
		"finish": func(ctx context.Context, tx *store.Tx, c *Incident, by id.Subject, f *ui.Form) error {
			key, err := id.Parse(f.Value("task"))
			if err != nil {
				return fault.New(fault.NotFound, "breach.act", "")
			}
			return s.FinishTask(ctx, tx, c, by, key, f.Value("proof"))
		},
		"close": func(ctx context.Context, tx *store.Tx, c *Incident, by id.Subject, _ *ui.Form) error {
			return s.Close(ctx, tx, c, by)
		},
	}[name]
}

func (s *Service) decide(ctx context.Context, tx *store.Tx, c *Incident, by id.Subject, f *ui.Form) error {
	if f.Value("decision") == "dismiss" {
		return s.Dismiss(ctx, tx, c, by, f.Value("why"))
	}
	if f.Value("decision") != "confirm" {
		return fault.New(fault.Invalid, "breach.decide", "breach.decision.empty").On("decision")
	}
	at, err := until("at", f.Value("at"))
	if err != nil {
		return err
	}
	return s.Confirm(ctx, tx, c, by, at, f.Value("why"))
}

// download sends a file that no cache keeps.
func download(v identity.Visit, kind, name string, body []byte) error {
	h := v.W.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="`+v.Who.Service+"-breach-"+name+`"`)
	h.Set("Cache-Control", "no-store")
	_, err := v.W.Write(body)
	return err
}

// pack gives the letters and the file in five items.
func (s *Service) pack(v identity.Visit) error {
	var files []File
	var number string
	err := s.readOf(v, func(tx *store.Tx, c *Incident) (err error) {
		n, err := s.notice(tx)
		if err != nil {
			return err
		}
		number = c.Number
		files, err = s.Pack(v.R.Context(), tx, c, s.Accepted(n, c))
		return err
	})
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := zipped(&b, files); err != nil {
		return err
	}
	return download(v, "application/zip", number+".zip", b.Bytes())
}

// list gives the people of an incident, with the state of telling each.
func (s *Service) list(v identity.Visit) error {
	var b bytes.Buffer
	var number string
	w := csv.NewWriter(&b)
	err := s.readOf(v, func(tx *store.Tx, c *Incident) error {
		number = c.Number
		all, err := store.Find[Exposed](v.R.Context(), tx, "WHERE tenant_id = $1 AND incident_id = $2 ORDER BY subject_id", tx.Tenant(), c.ID)
		if err != nil {
			return err
		}
		rows := [][]string{{"person", "categories", "tables", "rows", "first_read", "last_read", "told", "banner_shown"}}
		for _, x := range all {
			rows = append(rows, []string{x.Subject.String(), x.Categories, x.Tables, strconv.FormatInt(x.Rows, 10), x.First.String(), x.Last.String(), x.ToldAt.String(), x.SeenAt.String()})
		}
		return w.WriteAll(rows)
	})
	if err != nil {
		return err
	}
	return download(v, "text/csv; charset=utf-8", number+"-people.csv", b.Bytes())
}

// evidence seals and gives the bundle.
func (s *Service) evidence(v identity.Visit) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	if err := web.ParseForm(v.R); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := s.Evidence(v.R.Context(), v.Who.Service, key, v.Who.Subject, &b); err != nil {
		return err
	}
	return download(v, "application/zip", key.String()+"-evidence.zip", b.Bytes())
}

func fields(text string) []string { return strings.Fields(text) }

func kindOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, k := range Kinds() {
		out = append(out, ui.Option{Value: string(k), Label: i18n.T(ctx, "breach.kind."+string(k)), Hint: i18n.T(ctx, "breach.kind."+string(k)+".hint")})
	}
	return out
}

// options are words with a key each as choices.
func options(ctx context.Context, prefix string, words []string) []ui.Option {
	var out []ui.Option
	for _, w := range words {
		out = append(out, ui.Option{Value: w, Label: i18n.T(ctx, prefix+w)})
	}
	return out
}

func openTasks(ctx context.Context, all []Task) []ui.Option {
	var out []ui.Option
	for _, t := range all {
		if t.DoneAt.IsZero() {
			out = append(out, ui.Option{Value: t.ID.String(), Label: i18n.T(ctx, "breach.task."+t.Kind)})
		}
	}
	return out
}
