package notice

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// DataUse is one thing that the running program stores about people.
type DataUse struct {
	// Service is the service's key; empty for a table that all services share.
	Service string
	// Module is the module of a notice that uses the table; empty for the platform,
	// whose tables every service has. A table that only capture fills (an inbox, a
	// ledger) is capture's here, wherever its code stands.
	Module        string
	Table, Column string
	// Category is the tag of the column.
	Category string
	// Clock is the event that the row's clock column records.
	Clock string
	// Where is the Go file or table.column, for the finding.
	Where string
}

// HostUse is a host that the program can reach and the recipient it belongs to.
type HostUse struct{ Service, Recipient, Host, Where string }

// Program is what the running program is built of. A nil list means "not known",
// and what depends on it is not checked.
type Program struct {
	Data []DataUse
	// Purposes are the purposes that code asks for.
	Purposes []string
	// Events are the events and states that the program records.
	Events []string
	// Measures are the words under security that have a check.
	Measures []string
	Hosts    []HostUse
	// Modules are the modules that are built. Data of a module that a notice names
	// and the program does not have is no error: it cannot be stored.
	Modules []string
}

// Check holds all notices against each other, against the laws in force at a
// moment and against what the program does. With an empty Program only text and
// law are checked. Findings come in reading order; warnings do not stop a start.
func Check(ns []*Notice, packs []*LawPack, p Program, at time.Time) []Finding {
	var out []Finding
	seen := make(map[string]string)
	for _, n := range ns {
		if other, twice := seen[n.Service()]; twice {
			out = append(out, n.finding(n.pos("service"), "two-notices", "the service has another notice, "+other, "keep one"))
		}
		seen[n.Service()] = n.file
		out = append(out, n.checkLaw(packs, at)...)
		out = append(out, n.checkRecipients()...)
		out = append(out, n.checkProgram(p)...)
	}
	out = append(out, checkStored(ns, p)...)
	out = append(out, checkAsked(ns, p)...)
	return sortFindings(out)
}

// built tells whether the program has the module.
func (p Program) built(module string) bool {
	return module == "" || p.Modules == nil || slices.Contains(p.Modules, module)
}

// checkRecipients finds processors that nobody could hold to account: without a
// place, a host, an agreement.
func (n *Notice) checkRecipients() []Finding {
	var out []Finding
	for _, r := range n.doc.Recipients {
		add := func(code, msg, mend string) { out = append(out, n.finding(r.Pos, code, r.Key+" "+msg, mend)) }
		if r.As != "processor" {
			continue
		}
		if len(r.Where) == 0 {
			add("recipient-place", "has no place", "write where: with the country's code")
		}
		if len(r.Hosts) == 0 && r.HostsFrom == "" {
			add("recipient-hosts", "has no hosts, so that nothing could be sent to it or checked", "write hosts: [api.…] or hosts_from: with the setting that names it")
		}
		if r.Agreement == nil {
			add("recipient-agreement", "has no agreement", "write agreement: {document: agreements/"+r.Key+".pdf, signed: day}")
		}
		abroad := slices.ContainsFunc(r.Where, func(w string) bool { return w != "ID" })
		if abroad && (r.Transfer == nil || r.Transfer.Basis == "") {
			add("transfer-basis", "is abroad and has no basis for the transfer", "write transfer: {basis: \"56(3)\", instruments: [dpa]}")
		}
	}
	return out
}

// checkProgram holds one notice against what is built.
func (n *Notice) checkProgram(p Program) []Finding {
	var out []Finding
	if p.Modules != nil {
		missing := slices.DeleteFunc(n.Modules(), p.built)
		if len(missing) > 0 {
			f := n.finding(n.pos("modules"), "module-not-built", "not built in this program, so that none of their data is stored: "+strings.Join(missing, ", "), "nothing to do, or take them out of the notice")
			f.Severity = Warning
			out = append(out, f)
		}
	}
	if p.Measures != nil {
		for i, m := range n.doc.Security {
			if !slices.Contains(p.Measures, m) {
				out = append(out, n.finding(n.pos("security", fmt.Sprint(i)), "measure-unchecked", "nothing in the program checks "+m, "build its check, or take the word out: a measure is promised only where a check runs"))
			}
		}
	}
	if p.Events != nil {
		for _, c := range n.doc.Data {
			if !p.built(c.Module) || c.NotStored.ID != "" {
				continue
			}
			for _, e := range c.Kept.Events() {
				if !slices.Contains(p.Events, e) {
					out = append(out, n.finding(c.KeptPos, "event-unknown", fmt.Sprintf("%s waits for %s, which the program never records", c.Key, e), "use one of: "+strings.Join(p.Events, ", ")))
				}
			}
		}
	}
	return append(out, n.checkDeclared(p)...)
}

// checkDeclared finds what the notice declares and the program does not store.
func (n *Notice) checkDeclared(p Program) []Finding {
	if p.Data == nil {
		return nil
	}
	var out []Finding
	for _, c := range n.doc.Data {
		if !p.built(c.Module) || c.Kept.NotKept {
			continue
		}
		stored := slices.ContainsFunc(p.Data, func(u DataUse) bool { return u.Category == c.Key && (u.Service == "" || u.Service == n.Service()) })
		switch {
		case !stored && c.NotStored.ID == "":
			out = append(out, n.finding(c.Pos, "not-stored", c.Key+" is declared and nothing stores it", "take it out, or say why: not_stored: {id, en}"))
		case stored && c.NotStored.ID != "":
			f := n.finding(n.pos("data", c.Key, "not_stored"), "stored-after-all", c.Key+" is said not to be stored, and it is", "take not_stored out")
			f.Severity = Warning
			out = append(out, f)
		}
	}
	return out
}

// checkStored finds what the program stores and no notice declares: one finding
// a category and notice, with the place of its first column.
func checkStored(ns []*Notice, p Program) []Finding {
	type gap struct {
		notice   *Notice
		category string
	}
	var out []Finding
	var order []gap
	places := make(map[gap][]string)
	for _, u := range p.Data {
		if u.Category == "none" {
			continue
		}
		for _, n := range undeclared(ns, u) {
			g := gap{n, u.Category}
			if places[g] == nil {
				order = append(order, g)
			}
			where := u.Where
			if where == "" {
				where = u.Table + "." + u.Column
			}
			places[g] = append(places[g], where)
		}
	}
	for _, g := range order {
		where := places[g][0]
		if more := len(places[g]) - 1; more > 0 {
			where += fmt.Sprintf(" (and %d more)", more)
		}
		out = append(out, g.notice.finding(g.notice.pos("data"), "undeclared", fmt.Sprintf("%s stores %q, which the notice does not declare", where, g.category),
			"add "+g.category+" under data, with its purposes and how long it is kept, or tag the column with a declared category"))
	}
	return out
}

// undeclared lists the notices that lack a stored category. A service's own table
// is its notice's matter; a module's table that of every notice that runs the
// module, and of none where it does not run; a table of the platform must be
// declared by one notice at least.
func undeclared(ns []*Notice, u DataUse) []*Notice {
	var lack []*Notice
	for _, n := range ns {
		_, declared := n.Category(u.Category)
		switch {
		case u.Service != "" && u.Service != n.Service():
		case u.Service == "" && u.Module != "" && !slices.Contains(n.Modules(), u.Module):
		case !declared:
			lack = append(lack, n)
		case u.Service == "" && u.Module == "":
			return nil
		}
	}
	if u.Service == "" && u.Module == "" && len(lack) > 0 {
		return lack[:1]
	}
	return lack
}

// checkAsked finds purposes and hosts that code uses and no notice names.
func checkAsked(ns []*Notice, p Program) []Finding {
	var out []Finding
	if len(ns) == 0 {
		return nil
	}
	for _, want := range p.Purposes {
		if !slices.ContainsFunc(ns, func(n *Notice) bool { _, ok := n.Purpose(want); return ok }) {
			out = append(out, ns[0].finding(ns[0].pos("purposes"), "undeclared-purpose", "code asks for the purpose "+want+", which no notice declares", "add it under purposes"))
		}
	}
	for _, h := range p.Hosts {
		known := slices.ContainsFunc(ns, func(n *Notice) bool {
			r, ok := n.Recipient(h.Recipient)
			return ok && (h.Service == "" || h.Service == n.Service()) && r.Reaches(h.Host)
		})
		if !known {
			n := ns[0]
			if i := slices.IndexFunc(ns, func(n *Notice) bool { return n.Service() == h.Service }); i >= 0 {
				n = ns[i]
			}
			out = append(out, n.finding(n.pos("recipients"), "undeclared-host", fmt.Sprintf("%s can reach %s, which is no host of a recipient %q", h.Where, h.Host, h.Recipient), "add it under the recipient's hosts"))
		}
	}
	return out
}

// Reaches tells whether a host belongs to the recipient. Where the operator or
// the person names the host, every host does.
func (r Recipient) Reaches(host string) bool {
	if r.HostsFrom != "" || (r.As == "chosen-by-you" && len(r.Hosts) == 0) {
		return true
	}
	return slices.ContainsFunc(r.Hosts, func(h string) bool {
		suffix, wild := strings.CutPrefix(h, "*")
		return h == host || (wild && strings.HasSuffix(host, suffix))
	})
}
