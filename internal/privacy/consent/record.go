package consent

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"amanah/internal/id"
	"amanah/internal/privacy/notice"
)

// Schema is the profile of the record: ISO/IEC TS 27560:2023 in the terms of the
// Data Privacy Vocabulary, as W3C's guide "Consent Records and Receipts" maps its
// fields. The standard's own text was not at hand; the guide is what is followed.
const Schema = "https://w3id.org/dpv/schema/dpv-27560#record"

// Evidence is what a record of one act is written from.
type Evidence struct {
	Decision Decision
	Who      id.Subject
	// Notice is the version that named the purpose.
	Notice *notice.Notice
	// Address is the service's own, without a slash at the end.
	Address string
}

// Document is one record in JSON-LD. It names the person by pseudonym and has no
// network address and no device: it is the person's to keep and to show.
type Document struct {
	Context    map[string]string `json:"@context"`
	ID         string            `json:"@id"`
	Type       string            `json:"@type"`
	Identifier string            `json:"dct:identifier"`
	ConformsTo string            `json:"dct:conformsTo"`
	Subject    Ref               `json:"dpv:hasDataSubject"`
	Notice     NoticeRef         `json:"dpv:hasNotice"`
	Process    Process           `json:"dpv:hasProcess"`
	Controller Party             `json:"dpv:hasDataController"`
	Authority  Party             `json:"dpv:hasAuthority"`
	Event      Event             `json:"dpv:hasConsentStatus"`
	Control    Control           `json:"dpv:hasConsentControl"`
	Right      []string          `json:"dpv:hasRight"`
}

// Ref names something.
type Ref struct {
	ID   string `json:"@id"`
	Type string `json:"@type,omitempty"`
}

// NoticeRef is the notice that was shown: its address, version and digest.
type NoticeRef struct {
	ID       string `json:"@id"`
	Type     string `json:"@type"`
	Version  string `json:"dcat:version"`
	SHA256   string `json:"amanah:sha256,omitempty"`
	Language string `json:"dct:language"`
}

// Process is what the consent is about.
type Process struct {
	Type         string      `json:"@type"`
	Purpose      Purpose     `json:"dpv:hasPurpose"`
	LegalBasis   string      `json:"dpv:hasLegalBasis"`
	Article      string      `json:"dct:source"`
	Data         []Data      `json:"dpv:hasPersonalData"`
	Processing   []string    `json:"dpv:hasProcessing"`
	Recipients   []Recipient `json:"dpv:hasRecipient"`
	Service      string      `json:"dpv:hasService"`
	Jurisdiction []string    `json:"dpv:hasJurisdiction"`
	Storage      []string    `json:"dpv:hasStorageCondition"`
}

// Purpose is the purpose with its words.
type Purpose struct {
	ID    string            `json:"@id"`
	Type  string            `json:"@type"`
	Title map[string]string `json:"dct:title"`
	Says  map[string]string `json:"dct:description"`
}

// Data is one category with how long it is kept.
type Data struct {
	ID        string            `json:"@id"`
	Type      string            `json:"@type"`
	Title     map[string]string `json:"dct:title"`
	Necessity string            `json:"dpv:hasNecessity"`
	Special   string            `json:"dpv:hasSensitivityLevel,omitempty"`
	Source    string            `json:"dpv:hasDataSource"`
	Storage   map[string]string `json:"dpv:hasDuration"`
}

// Party is an organisation.
type Party struct {
	Type    string `json:"@type"`
	Name    string `json:"dpv:hasName"`
	Address string `json:"dpv:hasAddress,omitempty"`
	Contact string `json:"dpv:hasContact"`
}

// Recipient is who else gets data for the purpose.
type Recipient struct {
	Type     string   `json:"@type"`
	Name     string   `json:"dpv:hasName"`
	Location []string `json:"dpv:hasLocation"`
}

// Event is the act: what, when, by whom, how and in which language.
type Event struct {
	Type     string `json:"@type"`
	Basis    string `json:"dpv:hasLegalBasis"`
	At       string `json:"dct:date"`
	By       Ref    `json:"dpv:isIndicatedBy"`
	Method   string `json:"dpv:hasIndicationMethod"`
	Language string `json:"dct:language"`
	// Valid is until when it holds.
	Valid string `json:"dct:valid"`
}

// Control says how to withdraw.
type Control struct {
	Type string `json:"@type"`
	At   string `json:"dct:source"`
	Says string `json:"dct:description"`
}

var terms = map[string]string{
	"dpv": "https://w3id.org/dpv#", "pd": "https://w3id.org/dpv/pd#", "loc": "https://w3id.org/dpv/loc#",
	"dct": "http://purl.org/dc/terms/", "dcat": "http://www.w3.org/ns/dcat#", "id": "urn:amanah:dpv-id#", "amanah": "urn:amanah:terms#",
}

// methods are the acts in the words of the record.
var methods = map[How]string{
	ByGuardian: "by a parent or guardian, over a link mailed to them",
	BySignUp:   "a box of its own in the sign-up form", ByLink: "a box of its own at the moment of linking an account",
	BySwitch: "a box of its own at the moment of switching on the feature", ByPage: "a button of its own on the page of consents",
	ByAPI: "a call of the service's API with the person's token", ByChat: "a message of its own", ByStaff: "written down by staff on the person's recorded request",
}

// statuses are the states in DPV's words. What nobody consented to is refused.
var statuses = map[State]string{Given: "dpv:ConsentGiven", Withdrawn: "dpv:ConsentWithdrawn"}

// Written gives the record of one act. ok is false where that version of the
// notice does not name the purpose, as for an objection without consent.
func Written(e Evidence) (doc Document, ok bool) {
	d, n := e.Decision, e.Notice
	p, ok := n.Purpose(d.Purpose)
	if !ok || !p.NeedsConsent() {
		return doc, false
	}
	who := Ref{ID: "urn:uuid:" + e.Who.String(), Type: "dpv:DataSubject"}
	c := n.Controller()
	return Document{
		Context: terms, ID: "urn:uuid:" + d.ID.String(), Type: "dpv:ConsentRecord", Identifier: d.ID.String(), ConformsTo: Schema,
		Subject: who,
		Notice: NoticeRef{ID: e.Address + "/privacy/" + d.Proof.Notice, Type: "dpv:ConsentNotice", Version: d.Proof.Notice,
			SHA256: d.Proof.Digest, Language: d.Proof.Lang},
		Process:    process(n, p),
		Controller: Party{Type: "dpv:DataController", Name: c.Name, Address: c.Address, Contact: c.Email},
		Authority:  Party{Type: "dpv:Authority", Name: n.Authority().Name.In(d.Proof.Lang), Contact: n.Authority().Website},
		Event: Event{Type: statuses[d.State], Basis: "dpv:ExplicitlyExpressedConsent", At: d.At.Time().UTC().Format(time.RFC3339), By: who,
			Method: methods[d.Proof.How], Language: d.Proof.Lang, Valid: "until withdrawn, or until the notice makes the purpose wider"},
		Control: Control{Type: "dpv:WithdrawConsent", At: e.Address + "/privacy/consents", Says: "one button, as for giving"},
		Right:   rightsOf(n),
	}, true
}

func rightsOf(n *notice.Notice) []string {
	out := []string{}
	for _, r := range n.Rights() {
		out = append(out, r.Key+" ("+r.Article+")")
	}
	return out
}

func process(n *notice.Notice, p notice.Purpose) Process {
	out := Process{Type: "dpv:Process",
		Purpose:    Purpose{ID: "amanah:" + n.Service() + "/" + p.Key, Type: p.DPV, Title: both(p.Name), Says: both(p.Say)},
		LegalBasis: "dpv:ExplicitlyExpressedConsent", Article: p.Article, Service: n.Name("en"),
		Data: []Data{}, Processing: []string{"dpv:Collect", "dpv:Store", "dpv:Use"}, Recipients: []Recipient{},
		Jurisdiction: jurisdictions(n), Storage: []string{}}
	for _, c := range n.Categories() {
		if !slices.Contains(c.For, p.Key) {
			continue
		}
		d := Data{ID: "amanah:" + n.Service() + "/" + c.Key, Type: c.DPV, Title: both(c.What), Necessity: "dpv:Required",
			Source: cmp.Or(c.From, "you"), Storage: map[string]string{"id": c.Kept.Say("id"), "en": c.Kept.Say("en")}}
		if c.Optional {
			d.Necessity = "dpv:Optional"
		}
		if c.Special != "" && c.Special != "none" {
			d.Special = c.Special
		}
		out.Data = append(out.Data, d)
	}
	for _, r := range n.Recipients() {
		if !slices.Contains(r.For, p.Key) {
			continue
		}
		out.Recipients = append(out.Recipients, Recipient{Type: kinds[r.As], Name: r.Name.EN, Location: append([]string{}, r.Where...)})
		for _, w := range r.Where {
			if place := "loc:" + w; r.As == "processor" && !slices.Contains(out.Storage, place) {
				out.Storage = append(out.Storage, place)
			}
		}
	}
	if len(out.Recipients) > 0 {
		out.Processing = append(out.Processing, "dpv:Disclose")
	}
	if len(out.Storage) == 0 {
		out.Storage = append(out.Storage, "the controller's own servers")
	}
	return out
}

var kinds = map[string]string{"processor": "dpv:DataProcessor", "controller": "dpv:ThirdParty", "chosen-by-you": "dpv:Recipient", "authority": "dpv:Authority"}

// jurisdictions are the countries of the laws that the notice is held to.
func jurisdictions(n *notice.Notice) []string {
	var out []string
	for _, l := range n.Laws() {
		country, _, _ := strings.Cut(l, "-")
		if place := "loc:" + strings.ToUpper(country); len(country) == 2 && !slices.Contains(out, place) {
			out = append(out, place)
		}
	}
	return out
}

func both(t notice.Text) map[string]string { return map[string]string{"id": t.ID, "en": t.EN} }
