package breach

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"

	"amanah/internal/fault"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/receipt"
	"amanah/internal/store"
)

// Dossier is the documentation of an incident in five items, for the authority.
type Dossier struct {
	Format  string `json:"format"`
	Drill   bool   `json:"drill"`
	Number  string `json:"number"`
	Service string `json:"service"`
	// The five items.
	Timeline Timeline `json:"1_timeline"`
	Data     DataItem `json:"2_data_and_people"`
	Cause    Cause    `json:"3_cause_and_consequences"`
	Handling Handling `json:"4_handling_and_recovery"`
	Told     Told     `json:"5_notifications"`
}

// Timeline says when it happened and when it was known, by whose decision.
type Timeline struct {
	State      State     `json:"state"`
	Began      string    `json:"began,omitempty"`
	Ended      string    `json:"ended,omitempty"`
	Opened     string    `json:"opened"`
	Certain    string    `json:"known_with_certainty,omitempty"`
	Decider    string    `json:"decided_by,omitempty"`
	Why        string    `json:"why,omitempty"`
	Contained  string    `json:"contained,omitempty"`
	Notified   string    `json:"notified,omitempty"`
	Remediated string    `json:"remediated,omitempty"`
	Closed     string    `json:"closed,omitempty"`
	Steps      []AtWhich `json:"steps"`
}

// AtWhich is one step.
type AtWhich struct {
	At   string `json:"at"`
	What string `json:"what"`
	Text string `json:"text,omitempty"`
}

// DataItem says whose data and which.
type DataItem struct {
	Asked   Query   `json:"asked"`
	Summary Summary `json:"found"`
	Names   Pair    `json:"in_words"`
}

// Cause says how it happened and what may follow.
type Cause struct {
	Kinds        []string `json:"kinds"`
	Nature       Pair     `json:"nature"`
	When         Pair     `json:"when_and_how"`
	Consequences Pair     `json:"consequences"`
	Crime        bool     `json:"crime_suspected"`
	RootCause    string   `json:"root_cause_sha256,omitempty"`
}

// Handling says what was done.
type Handling struct {
	Handling   Pair       `json:"handling"`
	Tasks      []TaskLine `json:"tasks"`
	Controls   string     `json:"update_of_controls_sha256,omitempty"`
	Compliance string     `json:"compliance_file_sha256,omitempty"`
}

// TaskLine is one task.
type TaskLine struct {
	Kind  string `json:"kind"`
	Note  string `json:"note,omitempty"`
	Added string `json:"added"`
	Done  string `json:"done,omitempty"`
	Proof string `json:"proof,omitempty"`
}

// Told says who was told, when, and whether in time.
type Told struct {
	AuthorityDue  string `json:"authority_due,omitempty"`
	AuthoritySent string `json:"authority_sent,omitempty"`
	AuthorityHow  string `json:"authority_how,omitempty"`
	AuthorityRef  string `json:"authority_reference,omitempty"`
	AuthoritySum  string `json:"authority_letter_sha256,omitempty"`
	AuthorityLate bool   `json:"authority_late"`
	PeopleDue     string `json:"people_due,omitempty"`
	PeopleFrom    string `json:"people_told_from,omitempty"`
	PeopleTold    int64  `json:"people_told"`
	PeopleLeft    int64  `json:"people_not_told_yet"`
	PeopleMailed  int64  `json:"people_letters_sent"`
	PeopleSeen    int64  `json:"people_banner_shown"`
	PeopleLate    bool   `json:"people_late"`
}

// dossier fills the five items in. Drafts stand in for parts not accepted yet in a
// drill alone.
func (s *Service) dossier(ctx context.Context, tx *store.Tx, n *notice.Notice, c *Incident, p Parts) (*Dossier, error) {
	d := &Dossier{Format: "amanah.breach/1", Drill: c.Drill, Number: c.Number, Service: tx.Scope().Service}
	d.Timeline = Timeline{State: c.State, Began: c.BeganAt.String(), Ended: c.EndedRead.String(), Opened: c.OpenedAt.String(), Certain: c.ConfirmedAt.String(), Why: c.Why.Reveal(),
		Contained: c.ContainedAt.String(), Notified: c.NotifiedAt.String(), Remediated: c.RemediatedAt.String(), Closed: c.EndedAt.String(), Steps: []AtWhich{}}
	if !c.Decider.IsZero() {
		d.Timeline.Decider = c.Decider.String()
	}
	steps, err := Steps(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	for _, st := range steps {
		d.Timeline.Steps = append(d.Timeline.Steps, AtWhich{st.At.String(), st.What, st.Text.Reveal()})
	}
	d.Data = DataItem{Asked: c.Query(), Names: p[PartData]}
	d.Data.Summary, _ = c.Summary()
	d.Cause = Cause{Kinds: strings.Fields(c.Kinds), Nature: p[PartNature], When: p[PartWhen], Consequences: p[PartConsequences], Crime: c.Crime, RootCause: c.RootCause}
	d.Handling = Handling{Handling: p[PartHandling], Controls: c.Controls, Compliance: c.Compliance, Tasks: []TaskLine{}}
	tasks, err := Tasks(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	for _, t := range tasks {
		d.Handling.Tasks = append(d.Handling.Tasks, TaskLine{t.Kind, t.Note.Reveal(), t.AddedAt.String(), t.DoneAt.String(), t.Proof.Reveal()})
	}
	d.Told, err = s.told(ctx, tx, c)
	return d, err
}

// markdown writes the five items for people.
func (s *Service) markdown(n *notice.Notice, d *Dossier, lang string) string {
	say := func(key string, args ...any) string { return s.cfg.Words(lang, key, args...) }
	var b strings.Builder
	line := func(key, value string) {
		if value != "" {
			b.WriteString("- " + say("breach.file."+key) + ": " + value + "\n")
		}
	}
	if d.Drill {
		b.WriteString("**" + say("breach.drill.mark") + "**\n\n")
	}
	b.WriteString("# " + say("breach.file.title", "number", d.Number) + "\n\n" + n.Name(lang) + ", " + n.Controller().Name + "\n\n## 1. " + say("breach.file.timeline") + "\n\n")
	for _, l := range [][2]string{{"began", d.Timeline.Began}, {"ended", d.Timeline.Ended}, {"opened", d.Timeline.Opened}, {"certain", d.Timeline.Certain}, {"why", d.Timeline.Why},
		{"contained", d.Timeline.Contained}, {"notified", d.Timeline.Notified}, {"remediated", d.Timeline.Remediated}, {"closed", d.Timeline.Closed}} {
		line(l[0], l[1])
	}
	b.WriteString("\n## 2. " + say("breach.file.data") + "\n\n")
	line("people", strconv.FormatInt(d.Data.Summary.People, 10))
	b.WriteString("\n" + d.Data.Names.In(lang) + "\n\n## 3. " + say("breach.file.cause") + "\n\n" + d.Cause.Nature.In(lang) + "\n\n" + d.Cause.When.In(lang) + "\n\n" + d.Cause.Consequences.In(lang) +
		"\n\n## 4. " + say("breach.file.handling") + "\n\n" + d.Handling.Handling.In(lang) + "\n\n")
	for _, t := range d.Handling.Tasks {
		b.WriteString("- " + say("breach.task."+t.Kind) + " " + t.Note + " " + t.Done + "\n")
	}
	line(RootCause, d.Cause.RootCause)
	line(Controls, d.Handling.Controls)
	line(Compliance, d.Handling.Compliance)
	b.WriteString("\n## 5. " + say("breach.file.told") + "\n\n")
	for _, l := range [][2]string{{"authority_due", d.Told.AuthorityDue}, {"authority_sent", d.Told.AuthoritySent}, {"authority_how", d.Told.AuthorityHow}, {"authority_ref", d.Told.AuthorityRef},
		{"people_due", d.Told.PeopleDue}, {"people_from", d.Told.PeopleFrom}, {"people_told", strconv.FormatInt(d.Told.PeopleTold, 10)}, {"people_mailed", strconv.FormatInt(d.Told.PeopleMailed, 10)}} {
		line(l[0], l[1])
	}
	return b.String()
}

// File is one file of an incident.
type File struct {
	Name string
	Body []byte
}

// Pack gives the letters to the authority, the five items as JSON and Markdown, and
// a receipt that signs the digest of each. Nobody concerned is named in it.
func (s *Service) Pack(ctx context.Context, tx *store.Tx, c *Incident, p Parts) ([]File, error) {
	const op = "breach.Pack"
	n, err := s.notice(tx)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	d, err := s.dossier(ctx, tx, n, c, p)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	body, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	out := []File{{"breach-file.json", append(body, '\n')}}
	for _, lang := range []string{"id", "en"} {
		out = append(out, File{"breach-file." + lang + ".md", []byte(s.markdown(n, d, lang))}, File{"authority." + lang + ".md", []byte(s.Authority(n, c, p, lang))})
	}
	digests := map[string]string{}
	for _, f := range out {
		digests[f.Name] = digest(f.Body)
	}
	signed, err := s.cfg.Key.Sign(receipt.Statement{Kind: receipt.Breach, Number: c.ID, Service: tx.Scope().Service, Issued: tx.Now().Time(),
		Controller: receipt.Controller{Name: n.Controller().Name, Address: n.Controller().Address, Email: n.Controller().Email},
		Body:       receipt.BreachBody{Number: c.Number, Drill: c.Drill, State: string(c.State), Files: digests}})
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	return append(out, File{"receipt.json", signed}), nil
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
