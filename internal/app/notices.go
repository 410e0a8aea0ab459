package app

import (
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"amanah/internal/config"
	"amanah/internal/fault"
	"amanah/internal/privacy/change"
	"amanah/internal/privacy/egress"
	"amanah/internal/privacy/notice"
	"amanah/internal/store"
	"amanah/law"
	"amanah/notices"
)

// rules are the notices that run, the laws, and what both compile to.
type rules struct {
	notices []*notice.Notice
	packs   []*notice.LawPack
	policy  *notice.Policy
	shelf   *change.Shelf
	// hosts gives the "host:port" that a setting of the configuration names.
	hosts func(setting string) []string
}

// Findings is the error of a start that the notices forbid.
type Findings []notice.Finding

// Error lists the findings, one a line: file:line:col: code: what is wrong and
// what to do.
func (f Findings) Error() string {
	lines := make([]string, len(f))
	for i, one := range f {
		lines[i] = one.String()
	}
	return strings.Join(lines, "\n")
}

// stops are the findings that are errors and not warnings.
func (f Findings) stops() Findings {
	return slices.DeleteFunc(slices.Clone(f), func(one notice.Finding) bool { return one.Severity != notice.Error })
}

func noticeFiles(cfg config.Config) fs.FS {
	if cfg.Notices != "" {
		return os.DirFS(cfg.Notices)
	}
	return notices.FS
}

// Check reads the notices and laws of a configuration and holds them against
// each other and against what this program stores.
func Check(cfg config.Config, at time.Time) (Findings, error) {
	m, err := DataMap()
	if err != nil {
		return nil, err
	}
	_, found, err := loadRules(cfg, noticeFiles(cfg), nil, m, at)
	return found, err
}

// loadRules gives the rules that hold at a moment, or the findings that forbid to
// run by them. Versions that are held back do not hold. Those that are still to
// come are held against the program too, so that their day brings no surprise.
func loadRules(cfg config.Config, files fs.FS, held map[string][]string, m *store.Map, at time.Time, extra ...change.Source) (*rules, Findings, error) {
	top, found := notice.LoadNotices(files)
	shelf, shelfFound := change.Load(files, extra...)
	packs, lawFound := notice.LoadLaw(law.FS)
	findings := append(append(Findings(found), shelfFound...), lawFound...)
	if len(findings.stops()) > 0 {
		return nil, findings, nil
	}
	r := &rules{packs: packs, hosts: cfg.HostsOf, shelf: shelf}
	for _, n := range top {
		if len(cfg.Services) == 0 || slices.Contains(cfg.Services, n.Service()) {
			now, _ := shelf.By(n.Service(), at, held[n.Service()])
			now.Notice.TakePromises(n)
			r.notices = append(r.notices, now.Notice)
		}
	}
	for _, name := range cfg.Services {
		if !slices.ContainsFunc(r.notices, func(n *notice.Notice) bool { return n.Service() == name }) {
			return nil, nil, fmt.Errorf("config: services names %q, which has no notice", name)
		}
	}
	findings = append(findings, notice.Check(r.notices, packs, program(cfg, m, r.runs), at)...)
	findings = append(findings, verifyPromises(r)...)
	findings = append(findings, r.checkComing(cfg, m, at)...)
	if len(findings.stops()) > 0 {
		return nil, findings, nil
	}
	var err error
	r.policy, err = notice.Compile(r.notices, packs)
	return r, findings, err
}

// checkComing holds each version that is to come against law and program, as of
// the day on which it takes effect, in the place of the one that holds now.
func (r *rules) checkComing(cfg config.Config, m *store.Map, at time.Time) (found Findings) {
	for i, now := range r.notices {
		for _, v := range r.shelf.Of(now.Service()) {
			if !v.Starts().After(at) {
				continue
			}
			then := &rules{notices: slices.Clone(r.notices), packs: r.packs}
			then.notices[i] = v.Notice
			for _, f := range notice.Check(then.notices, r.packs, program(cfg, m, then.runs), v.Starts()) {
				if f.File == v.Notice.File() {
					found = append(found, f)
				}
			}
		}
	}
	return found
}

// runs tells whether a notice switches a product on.
func (r *rules) runs(product string) bool {
	return slices.ContainsFunc(r.notices, func(n *notice.Notice) bool { return slices.Contains(n.Modules(), product) })
}

// notice finds a service's notice.
func (r *rules) notice(service string) *notice.Notice {
	id, _ := r.policy.Service(service)
	return r.policy.Notice(id)
}

// MaySend answers the door out: is this recipient named for this purpose and
// these categories, and is the host one of its?
func (r *rules) MaySend(service, recipient, purpose string, categories []string, host string) error {
	refuse := func(why string) error {
		return fault.New(fault.Forbidden, "app.MaySend", "egress.refused_by_notice").With("line", why)
	}
	sid, ok := r.policy.Service(service)
	if !ok {
		return refuse(service)
	}
	who, ok := r.policy.Recipient(service, recipient)
	if !ok {
		return refuse(service + ".yaml: recipients: " + recipient)
	}
	what, ok := r.policy.Purpose(service, purpose)
	if !ok {
		return refuse(service + ".yaml: purposes: " + purpose)
	}
	for _, name := range categories {
		c, ok := r.policy.Category(service, name)
		if !ok {
			return refuse(service + ".yaml: data: " + name)
		}
		if d := r.policy.Declared(sid, c, what, who); !d.Allowed {
			return refuse(d.Why)
		}
	}
	def, _ := r.policy.RecipientDef(who)
	switch {
	case def.HostsFrom != "" && !slices.ContainsFunc(r.hosts(def.HostsFrom), func(h string) bool { return hostOf(h) == host }):
		return refuse(service + ".yaml: recipients: " + recipient + ": hosts_from: " + def.HostsFrom)
	case def.HostsFrom == "" && len(def.Hosts) > 0 && !def.Reaches(host):
		return refuse(service + ".yaml: recipients: " + recipient + ": hosts: " + host)
	}
	return nil
}

// hostOf is the name in "host:port", as the door out spells it.
func hostOf(place string) string {
	host, _, err := net.SplitHostPort(place)
	if err != nil {
		return ""
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return a.Unmap().String()
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// trusted are the places that the operator set in place of a vendor's, for each
// recipient that names the setting: they may lie in the operator's own network.
func (r *rules) trusted(own func(setting string) []string) map[string][]string {
	out := map[string][]string{}
	for _, n := range r.notices {
		for _, who := range n.Recipients() {
			for _, place := range own(who.HostsFrom) {
				if !slices.Contains(out[who.Key], place) {
					out[who.Key] = append(out[who.Key], place)
				}
			}
		}
	}
	delete(out, egress.Target)
	return out
}

// Notice reads one notice of a configuration, for its text.
func Notice(cfg config.Config, service string) (*notice.Notice, error) {
	all, found := notice.LoadNotices(noticeFiles(cfg))
	for _, n := range all {
		if n.Service() == service {
			return n, nil
		}
	}
	if stops := Findings(found).stops(); len(stops) > 0 {
		return nil, stops
	}
	return nil, fmt.Errorf("there is no notice of %q", service)
}
