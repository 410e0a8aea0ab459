package record

import (
	"io"

	"amanah/internal/privacy/notice"
)

// Namespaces of the terms in a JSON-LD document.
const (
	nsDPV = "https://w3id.org/dpv#"
	nsPD  = "https://w3id.org/dpv/pd#"
	nsID  = "urn:amanah:dpv-id#"
	nsDCT = "http://purl.org/dc/terms/"
)

type node = map[string]any

// WriteJSONLD writes the record of processing activities as JSON-LD 1.1. The
// context is in the document: nobody has to fetch one to read it.
func WriteJSONLD(w io.Writer, s Source, lang string) error { return writeJSON(w, s.Linked(lang)) }

// Linked is the record as JSON-LD with terms of the Data Privacy Vocabulary 2.3
// and of law/dpv-id.csv (prefix id).
func (s Source) Linked(lang string) map[string]any {
	n := s.Notice
	graph := []any{s.linkedRecord(lang), s.linkedController(), s.linkedOfficer(lang)}
	for _, p := range n.Purposes() {
		graph = append(graph, s.linkedProcess(p, lang))
	}
	for _, c := range n.Categories() {
		graph = append(graph, s.linkedData(c, lang))
	}
	for _, r := range n.Recipients() {
		graph = append(graph, s.linkedRecipient(r, lang))
	}
	for _, m := range n.Security() {
		graph = append(graph, node{"@id": s.iri("measure", m), "@type": "dpv:TechnicalOrganisationalMeasure", "dct:description": text(notice.SayMeasure(m, lang), lang)})
	}
	if a := n.Assessment(); a != nil {
		graph = append(graph, node{"@id": s.iri("assessment", ""), "@type": "dpv:DPIA", "dct:source": a.File, "dct:date": a.Date.Format("2006-01-02"), "dct:description": sentences(s.assessed(lang), lang)})
	}
	for _, r := range n.Rights() {
		graph = append(graph, node{"@id": s.iri("right", r.Key), "@type": "dpv:DataSubjectRight", "dct:description": text(r.Name(lang), lang), "dct:source": r.Article})
	}
	return map[string]any{"@context": node{"dpv": nsDPV, "pd": nsPD, "id": nsID, "dct": nsDCT}, "@graph": graph}
}

func (s Source) iri(kind, key string) string {
	out := "urn:amanah:record:" + s.Notice.Service() + ":" + kind
	if key != "" {
		out += ":" + key
	}
	return out
}

func (s Source) ref(kind, key string) node { return node{"@id": s.iri(kind, key)} }

func text(s, lang string) node { return node{"@value": s, "@language": lang} }

func sentences(list []string, lang string) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = text(v, lang)
	}
	return out
}

func (s Source) linkedRecord(lang string) node {
	n := s.Notice
	processes, rights := []any{}, []any{}
	for _, p := range n.Purposes() {
		processes = append(processes, s.ref("process", p.Key))
	}
	for _, r := range n.Rights() {
		rights = append(rights, s.ref("right", r.Key))
	}
	laws := []any{}
	for _, l := range n.Laws() {
		laws = append(laws, text(notice.SayLaw(l, lang), lang))
	}
	return node{"@id": s.iri("activities", ""), "@type": "dpv:RecordsOfActivities", "dct:title": text(word(lang, "Rekaman kegiatan pemrosesan: ", "Record of processing activities: ")+n.Name(lang), lang),
		"dct:created": s.At.UTC().Format("2006-01-02T15:04:05Z"), "dct:hasVersion": n.Version(), "dct:conformsTo": laws,
		"dpv:hasDataController": s.ref("controller", ""), "dpv:hasProcess": processes, "dpv:hasRight": rights,
		"dpv:hasDataSubject": node{"@type": "dpv:DataSubject", "dct:description": sentences(s.people(lang), lang)}}
}

func (s Source) linkedController() node {
	c := s.Notice.Controller()
	out := node{"@id": s.iri("controller", ""), "@type": "dpv:DataController", "dpv:hasName": c.Name, "dpv:hasAddress": c.Address, "dpv:hasContact": c.Email}
	if s.Notice.Officer().Appointed {
		out["dpv:hasDataProtectionOfficer"] = s.ref("officer", "")
	}
	return out
}

func (s Source) linkedOfficer(lang string) node {
	o := s.Notice.Officer()
	if !o.Appointed {
		return node{"@id": s.iri("officer", ""), "@type": "dpv:DataProtectionOfficer", "dct:description": text(word(lang, "Tidak ditunjuk", "Not appointed"), lang)}
	}
	return node{"@id": s.iri("officer", ""), "@type": "dpv:DataProtectionOfficer", "dpv:hasName": text(o.Name.In(lang), lang), "dpv:hasContact": o.Email}
}

// bases are the vocabulary's words for those of the notice.
var bases = map[string]string{"contract": "dpv:Contract", "consent": "dpv:Consent", "legal_obligation": "dpv:LegalObligation", "vital_interest": "dpv:VitalInterest",
	"public_duty": "dpv:PublicInterest", "legitimate_interest": "dpv:LegitimateInterest"}

func (s Source) linkedProcess(p notice.Purpose, lang string) node {
	n := s.Notice
	data, to, measures := []any{}, []any{}, []any{}
	for _, c := range n.Categories() {
		if has(c.For, p.Key) {
			data = append(data, s.ref("data", c.Key))
		}
	}
	for _, r := range n.Recipients() {
		if has(r.For, p.Key) {
			to = append(to, s.ref("recipient", r.Key))
		}
	}
	for _, m := range n.Security() {
		measures = append(measures, s.ref("measure", m))
	}
	out := node{"@id": s.iri("process", p.Key), "@type": "dpv:Process", "dct:title": text(p.Name.In(lang), lang), "dpv:hasDataController": s.ref("controller", ""),
		"dpv:hasPurpose":    node{"@id": s.iri("purpose", p.Key), "@type": p.DPV, "dct:description": text(p.Say.In(lang), lang)},
		"dpv:hasLegalBasis": node{"@type": bases[p.Basis], "dct:source": p.Article}, "dpv:hasPersonalData": data, "dpv:hasTechnicalOrganisationalMeasure": measures}
	if len(to) > 0 {
		out["dpv:hasRecipient"] = to
	}
	if n.Assessment() != nil && has(Guarded(n), p.Key) {
		out["dpv:hasImpactAssessment"] = s.ref("assessment", "")
	}
	return out
}

func (s Source) linkedData(c notice.Category, lang string) node {
	class := "dpv:PersonalData"
	if Flagged(c) {
		class = "dpv:SensitivePersonalData"
	}
	out := node{"@id": s.iri("data", c.Key), "@type": []any{class, c.DPV}, "dct:title": text(c.What.In(lang), lang), "dct:identifier": c.Key,
		"dpv:hasDataSource":       node{"@type": "dpv:DataSource", "dct:description": text(notice.SaySource(c.From, lang), lang)},
		"dpv:hasStorageCondition": node{"@type": "dpv:StorageCondition", "dct:description": text(c.Kept.Say(lang), lang)}}
	if t := s.stored(c.Key); len(t) > 0 {
		places := make([]any, len(t))
		for i, v := range t {
			places[i] = node{"@type": "dpv:Location", "dct:identifier": v}
		}
		out["dpv:hasLocation"] = places
	}
	return out
}

var roles = map[string]string{"processor": "dpv:DataProcessor", "controller": "dpv:DataController", "chosen-by-you": "dpv:ThirdParty", "authority": "dpv:Authority"}

func (s Source) linkedRecipient(r notice.Recipient, lang string) node {
	data := []any{}
	for _, k := range r.Gets {
		data = append(data, s.ref("data", k))
	}
	out := node{"@id": s.iri("recipient", r.Key), "@type": []any{"dpv:Recipient", roles[r.As]}, "dpv:hasName": text(r.Name.In(lang), lang), "dct:description": text(r.Does.In(lang), lang),
		"dpv:hasLocation": node{"@type": "dpv:Location", "dct:title": text(notice.SayPlaces(r.Where, lang), lang)}, "dpv:hasPersonalData": data}
	if r.As == "processor" && r.Agreement != nil {
		out["dpv:hasOrganisationalMeasure"] = node{"@type": "dpv:DataProcessingAgreement", "dct:source": r.Agreement.Document, "dct:description": text(s.agreed(r, lang), lang)}
	}
	if r.Privacy != "" {
		out["dpv:hasNotice"] = node{"@id": r.Privacy, "@type": "dpv:PrivacyNotice"}
	}
	return out
}

func has(list []string, word string) bool {
	for _, v := range list {
		if v == word {
			return true
		}
	}
	return false
}
