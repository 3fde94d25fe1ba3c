package demodata

import (
	"cmp"
	"container/heap"
	"slices"
	"time"

	"ringbook/crm/clients"
	"ringbook/telephony"
)

// worker is an operator at work.
type worker struct {
	Person
	free time.Time // from when on they can take a call
	idle time.Time // since the last one
}

// floor is everybody who takes calls.
type floor struct {
	workers []*worker
	zone    *time.Location
}

// onShift are those who work that day: three of four, two at the weekend. Monday at ten begins with a meeting of all.
func (f *floor) onShift(now time.Time) (list []*worker) {
	local := now.In(f.zone)
	weekend := local.Weekday() == time.Saturday || local.Weekday() == time.Sunday
	for i, a := range f.workers {
		turn := (local.YearDay() + i) % len(f.workers)
		if turn == 0 || weekend && turn < 2 {
			continue
		}
		y, m, d := local.Date()
		if begins := time.Date(y, m, d, 10, 0, 0, 0, f.zone); local.Weekday() == time.Monday && !now.Before(begins) {
			a.free = later(a.free, begins.Add(15*time.Minute))
		}
		list = append(list, a)
	}
	return list
}

// longestIdle chooses who is offered a call at that moment, or who will be free first, and when.
func (f *floor) longestIdle(now time.Time) (*worker, time.Time) {
	best := slices.MinFunc(f.onShift(now), func(a, b *worker) int {
		if a.free.After(now) || b.free.After(now) {
			return later(a.free, now).Compare(later(b.free, now))
		}
		return a.idle.Compare(b.idle)
	})
	return best, later(best.free, now)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// wish is a call that somebody is going to make.
type wish struct {
	at       time.Time
	client   int // place in the list; negative: a withheld number
	number   int
	outbound bool
	tries    int  // of calling a missed client back
	owed     bool // nobody hears it ring, and nobody has called back yet
	n        int  // keeps the order of wishes of one moment
}

type wishes []wish

func (w wishes) Len() int      { return len(w) }
func (w wishes) Swap(i, j int) { w[i], w[j] = w[j], w[i] }
func (w *wishes) Push(x any)   { *w = append(*w, x.(wish)) }
func (w wishes) Less(i, j int) bool {
	return cmp.Or(w[i].at.Compare(w[j].at), cmp.Compare(w[i].n, w[j].n)) < 0
}

// Pop takes the last one; see container/heap.
func (w *wishes) Pop() any {
	last := (*w)[len(*w)-1]
	*w = (*w)[:len(*w)-1]
	return last
}

// diary is the days as they go by.
type diary struct {
	v     *inventor
	floor *floor
	todo  wishes
	seen  map[string]bool // clients who have called or were called
	n     int
}

// How many of a day's calls come in which hour, from nine o'clock.
var byHour = []int{5, 11, 13, 12, 8, 7, 10, 11, 10, 7, 4}

// calls lives through the days.
func (v *inventor) calls() {
	d := &diary{v: v, floor: &floor{zone: v.company.zone}, seen: map[string]bool{}}
	for _, p := range v.company.operators() {
		d.floor.workers = append(d.floor.workers, &worker{Person: p})
	}
	for i, k := range v.company.Clients {
		if k.How == clients.HowCall {
			d.want(wish{at: k.Created, client: i, number: v.IntN(2)})
		}
	}
	for n := range days + 1 {
		d.day(v.company.begun().AddDate(0, 0, n))
	}
	d.owe()
	for len(d.todo) > 0 {
		d.live(heap.Pop(&d.todo).(wish))
	}
	list := v.company.Calls
	slices.SortFunc(list, func(a, b Call) int { return cmp.Or(a.EndedAt.Compare(b.EndedAt), cmp.Compare(a.ID, b.ID)) })
}

func (d *diary) want(w wish) {
	d.n++
	w.n = d.n
	heap.Push(&d.todo, w)
}

// day plans who calls and whom the company calls.
func (d *diary) day(midnight time.Time) {
	v := d.v
	in, out := 28+v.IntN(10), 9+v.IntN(7)
	if wd := midnight.Weekday(); wd == time.Saturday || wd == time.Sunday {
		in, out = 5+v.IntN(5), v.IntN(3)
	}
	for range in {
		w := wish{at: d.hour(midnight), client: v.IntN(len(v.company.Clients)), number: min(v.IntN(3), 1)}
		if v.chance(3) {
			w.client = -1
		} else if v.chance(15) {
			w.client = v.IntN(25) // some call again and again
		}
		d.want(w)
	}
	for range out {
		d.want(wish{at: d.hour(midnight), client: v.IntN(namedOnes), outbound: true})
	}
}

// owe plans the calls of the last two days that are still to be called back.
func (d *diary) owe() {
	y, m, day := d.v.company.At.Date()
	for i := range 12 {
		midnight := time.Date(y, m, day-i%2, 0, 0, 0, 0, d.v.company.zone)
		d.want(wish{at: d.hour(midnight), client: 30 + i*7, number: i % 2, owed: true})
	}
}

func (d *diary) hour(midnight time.Time) time.Time {
	sum := 0
	for _, n := range byHour {
		sum += n
	}
	k := d.v.IntN(sum)
	for h, n := range byHour {
		if k < n {
			return midnight.Add(time.Duration(9+h)*time.Hour + d.v.between(0, time.Hour-time.Millisecond))
		}
		k -= n
	}
	return midnight
}

// live makes one call of a wish, if there can be one.
func (d *diary) live(w wish) {
	v := d.v
	if !w.at.Before(v.company.At) || w.client >= 0 && v.company.Clients[w.client].Created.After(w.at) {
		return
	}
	if w.outbound {
		d.out(w)
		return
	}
	phone, caller := "", "anonymous"
	if w.client >= 0 {
		k := v.company.Clients[w.client]
		p := pick(v, k.Phones)
		if k.How == clients.HowCall && !d.seen[k.ID] {
			p = k.Phones[0] // the number that the card is made of
		}
		phone, caller = p.E164, p.E164
	}
	s := v.arrive(w.at, phone, caller, v.company.Numbers[w.number].E164)
	s.unheard = w.owed
	s.wait(d.floor)
	if s.Live() {
		s.talk(d.worker(s.Agent))
	}
	if d.keep(s, w) && s.AnsweredAt.IsZero() && w.client >= 0 && !w.owed {
		d.missed(w, s.now)
	}
}

func (d *diary) worker(id telephony.AgentID) *worker {
	i := slices.IndexFunc(d.floor.workers, func(a *worker) bool { return a.ID == string(id) })
	return d.floor.workers[i]
}

// missed is what comes of a call that nobody answered: the client tries again, or is called back, or is forgotten.
func (d *diary) missed(w wish, now time.Time) {
	v := d.v
	again, willing := 25, 95
	if v.company.At.Sub(now) < 48*time.Hour { // what is still owed
		again, willing = 10, 30
	}
	if v.chance(again) {
		d.want(wish{at: now.Add(v.between(time.Minute, 20*time.Minute)), client: w.client, number: w.number})
	}
	if w.tries < 4 && v.chance(willing) {
		at := now.Add(v.between(90*time.Second, 50*time.Minute))
		if at.In(v.company.zone).Hour() >= 20 {
			y, m, day := at.In(v.company.zone).Date()
			at = time.Date(y, m, day+1, 9, 0, 0, 0, v.company.zone).Add(v.between(0, time.Hour))
		}
		d.want(wish{at: at, client: w.client, number: w.number, outbound: true, tries: w.tries + 1})
	}
}

func (d *diary) out(w wish) {
	v := d.v
	a, at := d.floor.longestIdle(w.at)
	p := v.company.Clients[w.client].Phones[0]
	s := v.dial(at, a, p.E164, p.Typed, v.company.Numbers[w.number].E164)
	if d.keep(s, w) && w.tries > 0 && s.AnsweredAt.IsZero() {
		d.missed(w, s.now)
	}
}

// keep writes the call down with what the operator noted, unless it would end after the last moment.
func (d *diary) keep(s *story, w wish) bool {
	v := d.v
	if s.Live() || s.EndedAt.After(v.company.At.Add(-5*time.Second)) {
		return false
	}
	call := Call{Call: s.Call, Match: clients.MatchWithheld}
	if w.client >= 0 {
		d.match(&call, v.company.Clients[w.client])
	}
	if !s.AnsweredAt.IsZero() {
		if v.chance(72) {
			call.Outcome = 1 + v.IntN(4)
		}
		if v.chance(45) {
			call.Notes = pick(v, callNotes)
		}
		if v.chance(18) {
			call.NextStep = pick(v, nextSteps)
		}
	}
	v.company.Calls = append(v.company.Calls, call)
	return true
}

// match says whose card the desk found for the number.
func (d *diary) match(call *Call, k Client) {
	owners := 0
	for _, other := range d.v.company.Clients[:2] { // the two who share a number
		for _, p := range other.Phones {
			if p.E164 == call.Phone && !other.Created.After(call.StartedAt) {
				owners++
			}
		}
	}
	switch {
	case owners > 1:
		call.Match = clients.MatchSeveral
		return
	case k.How == clients.HowCall && !d.seen[k.ID] && call.Direction == telephony.Inbound:
		call.Match = clients.MatchUnknown // this call made the card
	default:
		call.Match = clients.MatchPhone
	}
	call.Client, d.seen[k.ID] = k.ID, true
}
