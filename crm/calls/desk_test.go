package calls

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"ringbook/crm"
	"ringbook/crm/postgres/postgrestest"
	"ringbook/telephony"
)

// office is a desk at work over a database of its own.
type office struct {
	t     *testing.T
	pool  *pgxpool.Pool
	desk  *Desk
	spool string
	now   time.Time
	stop  func()
	told  chan [2]string
}

func newOffice(t *testing.T, change ...func(*Options)) *office {
	t.Helper()
	o := &office{t: t, pool: postgrestest.New(t), spool: t.TempDir(), now: noon, told: make(chan [2]string, 1000)}
	o.open(change...)
	t.Cleanup(func() { o.stop() })
	return o
}

// open starts a desk, as a new process does.
func (o *office) open(change ...func(*Options)) {
	o.t.Helper()
	options := Options{Pool: o.pool, Log: slog.New(slog.DiscardHandler), Spool: o.spool, Lookup: o.lookup,
		OnChanged: func(object, id string) { o.told <- [2]string{object, id} }}
	for _, c := range change {
		c(&options)
	}
	desk, err := NewDesk(options)
	if err != nil {
		o.t.Fatal(err)
	}
	o.desk = desk
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- desk.Run(ctx) }()
	stopped := false
	o.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			o.t.Errorf("desk: %v", err)
		}
	}
}

// lookup finds the one client with the number.
func (o *office) lookup(ctx context.Context, c telephony.Call) (Known, error) {
	var id string
	err := o.pool.QueryRow(ctx, "select client_id::text from client_phones where e164 = $1", c.Phone).Scan(&id)
	if err == pgx.ErrNoRows {
		return Known{Match: "unknown"}, nil
	}
	return Known{Client: id, Match: "phone", Card: "card of " + id}, err
}

func (o *office) user(name string) telephony.AgentID {
	id := crm.NewID()
	o.exec("insert into users (id, email, name, role) values ($1, $2 || '@example.com', $2, 'operator')", id, name)
	return telephony.AgentID(id)
}

func (o *office) client(phones ...string) string {
	id := crm.NewID()
	o.exec("insert into clients (id, name) values ($1, 'Client')", id)
	for _, p := range phones {
		o.exec("insert into client_phones (id, client_id, typed, e164, digits) values ($1, $2, $3, $3, $3)", crm.NewID(), id, p)
	}
	return id
}

func (o *office) exec(sql string, args ...any) {
	o.t.Helper()
	if _, err := o.pool.Exec(context.Background(), sql, args...); err != nil {
		o.t.Fatal(err)
	}
}

// read gives the columns of one row as one text.
func (o *office) read(sql string, args ...any) string {
	o.t.Helper()
	rows, _ := o.pool.Query(context.Background(), sql, args...)
	values, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (string, error) {
		v, err := row.Values()
		return strings.TrimSpace(fmt.Sprintln(v...)), err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return fmt.Sprint(values)
}

// wait returns when the desk has told of the object.
func (o *office) wait(object, id string) {
	o.t.Helper()
	limit := time.After(10 * time.Second)
	for {
		select {
		case got := <-o.told:
			if got == [2]string{object, id} {
				return
			}
		case <-limit:
			o.t.Fatalf("nothing was told of %s %s", object, id)
		}
	}
}

// end gives the desk a call that is over and waits until it is stored.
func (o *office) end(c telephony.Call) telephony.Call {
	o.t.Helper()
	o.desk.CallChanged(c)
	o.wait("call", string(c.ID))
	return c
}

func inbound(phone string, from time.Time) telephony.Call {
	return telephony.Call{ID: telephony.CallID(crm.NewIDAt(from)), Version: 1, Direction: telephony.Inbound, Phone: phone, Number: "+74951234567",
		State: telephony.StateWaiting, StartedAt: from, WaitingAt: from, Segments: []telephony.Segment{{Kind: telephony.SegmentWaiting, From: from}}}
}

func missedCall(phone string, from time.Time) telephony.Call {
	c := inbound(phone, from)
	c.State, c.Version, c.EndedAt, c.EndReason = telephony.StateEnded, 9, from.Add(30*time.Second), telephony.EndAbandoned
	c.Segments[0].To = c.EndedAt
	return c
}

func talk(direction telephony.Direction, agent telephony.AgentID, phone string, from time.Time, length time.Duration) telephony.Call {
	c := inbound(phone, from)
	c.Direction, c.Agent, c.State, c.Version = direction, agent, telephony.StateEnded, 9
	c.AnsweredAt = from.Add(5 * time.Second)
	c.EndedAt, c.EndReason = c.AnsweredAt.Add(length), telephony.EndClientHungUp
	c.Segments[0].To = c.AnsweredAt
	c.Segments = append(c.Segments, telephony.Segment{Kind: telephony.SegmentTalk, Agent: agent, From: c.AnsweredAt, To: c.EndedAt})
	return c
}

func TestACallIsStoredWithItsTrailAndClient(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	anna, client := o.user("anna"), o.client("+79161234567")
	c := o.end(talk(telephony.Inbound, anna, "+79161234567", noon, 90*time.Second))
	got := o.read("select state, talk_seconds, wait_seconds, client_id::text, agent_id::text, first_time, match from calls where id = $1", string(c.ID))
	if want := "[ended 90 5 " + client + " " + string(anna) + " true phone]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := o.read("select kind, seconds from call_segments where call_id = $1 order by position", string(c.ID)); got != "[waiting 5 talk 90]" {
		t.Errorf("trail %s", got)
	}
	again := o.end(talk(telephony.Inbound, anna, "+79161234567", noon.Add(time.Hour), time.Second))
	if got := o.read("select first_time from calls where id = $1", string(again.ID)); got != "[false]" {
		t.Errorf("the second call of a number is a first one: %s", got)
	}
}

func TestAnOlderSnapshotNeverWins(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	c := o.end(missedCall("+79160000001", noon))
	late := inbound("+79160000001", noon)
	late.ID, late.Version = c.ID, 10
	if _, err := upsert(context.Background(), o.pool, late, count(late, noon), Known{}); err != nil {
		t.Fatal(err)
	}
	if got := o.read("select state, version from calls"); got != "[ended 9]" {
		t.Error(got)
	}
}

func TestLiveCallsAreFoundByTheNextProcess(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	live, over := inbound("+79160000001", noon), missedCall("+79160000002", noon)
	o.end(live)
	o.end(over)
	o.stop()
	o.open()
	got, err := o.desk.Live(context.Background())
	if err != nil || len(got) != 1 || got[0].ID != live.ID || len(got[0].Segments) != 1 {
		t.Fatalf("%v %v", got, err)
	}
}

func TestTheCardOfALiveCallComesFromMemory(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	client := o.client("+79161234567")
	c := inbound("+79161234567", noon)
	o.end(c)
	o.pool.Close()
	if k := o.desk.Card(context.Background(), c); k.Client != client || k.Card != "card of "+client {
		t.Errorf("%+v", k)
	}
}

func TestWithoutTheDatabaseThePopIsAStrangersAndNothingIsLost(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	away := o.pool
	config := o.pool.Config()
	o.stop()
	shut, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	shut.Close()
	anna, client := o.user("anna"), o.client("+79161234567")
	o.pool = shut
	o.open()
	c := talk(telephony.Inbound, anna, "+79161234567", noon, time.Minute)
	limited, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	o.desk.CallChanged(c)
	if k := o.desk.Card(limited, c); k.Match != "database_away" {
		t.Errorf("match %q", k.Match)
	}
	o.desk.AgentChanged(telephony.Agent{ID: anna, State: telephony.AgentAvailable, Since: noon})
	o.stop() // the file is whole only when the desk has stopped; a kill loses at most what is under way
	if text, err := os.ReadFile(filepath.Join(o.spool, "unsaved.jsonl")); err != nil || len(text) == 0 {
		t.Fatalf("journal: %q %v", text, err)
	}

	o.pool = away // and the database is back, with the next process
	o.open()
	o.wait("call", string(c.ID))
	if got := o.read("select talk_seconds, client_id::text from calls"); got != "[60 "+client+"]" {
		t.Error(got)
	}
	o.stop()
	if got := o.read("select state from agent_states"); got != "[available]" {
		t.Errorf("agent %s", got)
	}
	if text, err := os.ReadFile(filepath.Join(o.spool, "unsaved.jsonl")); err != nil || len(text) != 0 {
		t.Errorf("the journal still has %q (%v)", text, err)
	}
}

func TestATornJournalLineIsPassedOver(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "unsaved.jsonl")
	if err := os.WriteFile(path, []byte(`{"call":{"id":"a","version":3}}`+"\n"+`{"call":{"id":"b","ver`), 0o600); err != nil {
		t.Fatal(err)
	}
	_, lines, err := openJournal(path)
	if err != nil || len(lines) != 1 || lines[0].Call.ID != "a" {
		t.Errorf("%v %v", lines, err)
	}
}

func TestStatesOfAnAgentFollowEachOtherWithoutAGap(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	anna := o.user("anna")
	for i, s := range []telephony.AgentState{telephony.AgentAvailable, telephony.AgentRinging, telephony.AgentRinging, telephony.AgentTalking} {
		since := noon.Add(time.Duration(i) * time.Minute)
		if i == 2 {
			since = noon.Add(time.Minute) // the same state again, with something else changed
		}
		o.desk.AgentChanged(telephony.Agent{ID: anna, State: s, Since: since, Here: true})
	}
	o.stop()
	o.open()
	got := o.read("select state, extract(epoch from to_at - from_at)::int from agent_states order by from_at")
	if got != "[available 60 ringing 120 talking <nil>]" {
		t.Error(got)
	}
	if list, err := o.desk.Agents(context.Background()); err != nil || len(list) != 1 || list[0].State != telephony.AgentTalking {
		t.Errorf("%v %v", list, err)
	}
}
