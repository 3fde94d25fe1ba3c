package telephony

import (
	"errors"
	"testing"
	"time"
)

func TestTheGuardRefusesWhatWouldCostAFortune(t *testing.T) {
	t.Parallel()
	moscow, err := time.LoadLocation("Europe/Moscow")
	if err != nil {
		t.Fatal(err)
	}
	at := func(hour, minute int) time.Time { return time.Date(2026, 11, 23, hour, minute, 0, 0, moscow) }
	plan := Plan{Location: moscow, Prefixes: []string{"+7", "+7800", "+44", "112"}, Tariffs: map[string]Tariff{
		"+7": {Night: false, Price: 150}, "+7800": {Night: true}, "+44": {Price: 1000}}, Guard: Guard{NightFrom: 22 * 60, NightTo: 8 * 60, DayLimit: 50000}}
	stopped := plan
	stopped.Guard.Stopped = true
	for _, row := range []struct {
		name  string
		plan  Plan
		phone string
		spent int64
		at    time.Time
		want  error
	}{
		{"by day", plan, "+79161234567", 0, at(12, 0), nil},
		{"no prefix", plan, "+33123456789", 0, at(12, 0), ErrNotAllowed},
		{"at night", plan, "+79161234567", 0, at(22, 0), ErrNight},
		{"before dawn", plan, "+442071234567", 0, at(7, 59), ErrNight},
		{"at eight", plan, "+79161234567", 0, at(8, 0), nil},
		{"the longest prefix decides", plan, "+78001234567", 0, at(3, 0), nil},
		{"the night is the company's, not Greenwich's", plan, "+79161234567", 0, time.Date(2026, 11, 23, 19, 30, 0, 0, time.UTC), ErrNight},
		{"the last money", plan, "+79161234567", 49850, at(12, 0), nil},
		{"no money for a minute", plan, "+79161234567", 49851, at(12, 0), ErrDayLimit},
		{"a dear country", plan, "+442071234567", 49001, at(12, 0), ErrDayLimit},
		{"what costs nothing", plan, "+78001234567", 50000, at(12, 0), nil},
		{"stopped", stopped, "+79161234567", 0, at(12, 0), ErrStopped},
		{"an emergency is never refused", stopped, "112", 99999, at(3, 0), nil},
	} {
		if err := row.plan.Refuses(row.phone, row.spent, row.at); !errors.Is(err, row.want) {
			t.Errorf("%s: %v, want %v", row.name, err, row.want)
		}
	}
}

func TestACallCostsEachBegunMinuteOfItsTalk(t *testing.T) {
	t.Parallel()
	c := Call{Direction: Outbound, State: StateTalking, AnsweredAt: morning, Rules: Rules{Price: 150}}
	for after, want := range map[time.Duration]int64{0: 0, time.Second: 150, time.Minute: 150, 61 * time.Second: 300, 10 * time.Minute: 1500} {
		if got := c.Cost(morning.Add(after)); got != want {
			t.Errorf("after %s: %d, want %d", after, got, want)
		}
	}
	c.State, c.EndedAt = StateEnded, morning.Add(90*time.Second)
	if got := c.Cost(morning.Add(time.Hour)); got != 300 {
		t.Errorf("ended after 90 s: %d", got)
	}
	c.Direction = Inbound
	if c.Cost(morning) != 0 {
		t.Error("an inbound call costs money")
	}
}
