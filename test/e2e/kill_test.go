package e2e

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const (
	killMails  = 1000
	kills      = 12
	afterKills = 3
	killSeed   = 20261123
)

// Mails are sent by clients that try until each is taken, while the process is
// killed again and again: all are booked, none twice, and the target hears of
// each.
//
// It is not parallel to the other tests: it measures nothing, but its clients
// give up where the machine is kept busy by browsers.
func TestKill(t *testing.T) {
	engines(t, func(t *testing.T, engine string) {
		p := serve(t, engine)
		r := newReceiver(t)
		people := []*person{signUp(t, p, "Rina Maharani", "rina@rumah.example"), signUp(t, p, "Dewi Anggraini", "dewi@rumah.example")}
		receivers := []*receiver{r, newReceiver(t)}
		for i, v := range people {
			v.addTarget(receivers[i], receivers[i].URL+"/hook")
		}
		mails := killLetters(people)
		began := time.Now()
		sendUnderFire(t, p, people, mails)
		t.Logf("%d mails taken over %d kills in %v", killMails, kills, time.Since(began).Round(time.Millisecond))
		for i, v := range people {
			want := map[string]string{}
			for _, m := range mails[i] {
				want[m.reference] = fmt.Sprintf("%d.00", m.rupiah)
			}
			v.allBooked(want)
			receivers[i].allTold(t, want)
		}
		t.Logf("all handled and delivered %v after the first mail", time.Since(began).Round(time.Millisecond))
	})
}

// killLetters are the mails, half for each person.
func killLetters(people []*person) [][]payment {
	out := make([][]payment, len(people))
	start := time.Now().Add(-killMails * time.Minute)
	for n := range killMails {
		i := n % len(people)
		out[i] = append(out[i], payment{from: people[i].email, name: people[i].name, at: start.Add(time.Duration(n) * time.Minute), shop: fmt.Sprintf("Warung %d", n%17),
			account: "5271****84", rupiah: 10_000 + 13*n, reference: fmt.Sprintf("REF%012d", n)})
	}
	return out
}

// sendUnderFire returns when every mail was taken and the program runs.
func sendUnderFire(t *testing.T, p *program, people []*person, mails [][]payment) {
	t.Helper()
	var taken, tries atomic.Int64
	work := make(chan func(worker int), killMails)
	for i, v := range people {
		for _, m := range mails[i] {
			work <- func(worker int) {
				// Many senders, as one alone may not send so many in a minute.
				from, raw := fmt.Sprintf("relay-%d-%d@rumah.example", worker, taken.Load()%20), m.mail()
				eventually(t, 2*time.Minute, "mail "+m.reference+" is taken", func() (bool, any) {
					tries.Add(1)
					err := p.send(from, v.inbox, raw)
					return err == nil, err
				})
				taken.Add(1)
			}
		}
	}
	close(work)
	var clients sync.WaitGroup
	for w := range 6 {
		clients.Go(func() {
			for f := range work {
				f(w)
			}
		})
	}
	dice := rand.New(rand.NewPCG(killSeed, 1))
	for k := range kills {
		// The moments are spread over the mails, with a random rest of up to half a second.
		until := int64(killMails * k / kills)
		eventually(t, 2*time.Minute, "some mails come in", func() (bool, any) { n := taken.Load(); return n >= until, n })
		wait := time.NewTimer(time.Duration(dice.IntN(500)) * time.Millisecond)
		<-wait.C
		p.kill()
		p.start()
	}
	clients.Wait()
	// And while what was taken is still being booked and delivered.
	for range afterKills {
		p.kill()
		p.start()
	}
	t.Logf("%d tries", tries.Load())
}

// allBooked asks the person's own CSV.
func (v *person) allBooked(want map[string]string) {
	v.t.Helper()
	var rows [][]string
	eventually(v.t, 3*time.Minute, "all mails of "+v.name+" are booked", func() (bool, any) {
		file := v.get("/ctt/app/transactions.csv").want(200)
		all, err := csv.NewReader(strings.NewReader(string(file.body))).ReadAll()
		if err != nil || len(all) == 0 {
			return false, err
		}
		rows = all[1:]
		return len(rows) >= len(want), len(rows)
	})
	if len(rows) != len(want) {
		v.t.Errorf("%d entries of %d mails", len(rows), len(want))
	}
	seen := map[string]bool{}
	for _, r := range rows {
		amount, reference, state := r[3], r[11], r[12]
		if seen[reference] {
			v.t.Errorf("%s is booked twice", reference)
		}
		seen[reference] = true
		if want[reference] != amount || state != "booked" {
			v.t.Errorf("%s is %s of %s, want %s", reference, state, amount, want[reference])
		}
	}
}

// allTold waits until the receiver heard of each transaction, by one event.
func (r *receiver) allTold(t *testing.T, want map[string]string) {
	t.Helper()
	eventually(t, 2*time.Minute, "the receiver heard of all", func() (bool, any) {
		heard := map[string]bool{}
		for _, e := range r.all() {
			heard[e.Data.Reference] = true
		}
		delete(heard, "")
		return len(heard) >= len(want), len(heard)
	})
	event, twice := map[string]string{}, 0
	for _, e := range r.all() {
		if e.Type != "transaction.captured" {
			continue
		}
		was, known := event[e.Data.Reference]
		if known && was != e.ID {
			t.Errorf("%s came under two events, %s and %s", e.Data.Reference, was, e.ID)
		}
		if known {
			twice++
		}
		event[e.Data.Reference] = e.ID
		if want[e.Data.Reference] != e.Data.Amount {
			t.Errorf("the event of %s says %s, want %s", e.Data.Reference, e.Data.Amount, want[e.Data.Reference])
		}
	}
	if f := r.faults(); len(f) > 0 {
		t.Errorf("the receiver complains of %v", f)
	}
	t.Logf("%d events, %d of them again after a kill", len(event)+twice, twice)
}
