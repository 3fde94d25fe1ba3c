package calls

import (
	"errors"
	"testing"
	"time"

	"ringbook/crm"
	"ringbook/crm/access"
)

func TestADebtClosedByHandIsOpenedAgainAndATalkIsNot(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	anna := l.user("anna")
	ctx := l.as(access.Supervisor, anna)
	now := time.Now().UTC().Truncate(time.Second)
	miss := l.end(missedCall("+79160000001", now.Add(-time.Hour)))
	id := string(miss.ID)
	refused := func(what, code string) {
		t.Helper()
		var e *crm.Error
		if _, err := l.book.ReopenMissed(ctx, id); !errors.As(err, &e) || e.Code != code {
			t.Errorf("%s: %v, want %s", what, err, code)
		}
	}
	refused("an open debt", "not_closed_by_hand")
	if _, err := l.book.CloseMissed(ctx, id, Closing{Reason: "spam"}); err != nil {
		t.Fatal(err)
	}
	m, err := l.book.ReopenMissed(ctx, id)
	if err != nil || m.ClosedAt != nil || m.Reason != "" || m.ClosedUser != nil {
		t.Fatalf("%+v, %v", m, err)
	}
	if got := l.read("select action from audit where object_id = $1 order by at, id", id); got != "[missed.closed missed.reopened]" {
		t.Errorf("the audit log: %s", got)
	}
	if _, err := l.book.CloseMissed(ctx, id, Closing{Reason: "spam"}); err != nil {
		t.Fatal(err)
	}
	again := l.end(missedCall("+79160000001", now.Add(-time.Minute)))
	refused("a client who owes another debt", "missed_again")
	id = string(again.ID)
	l.end(talk("outbound", anna, "+79160000001", now, 2*time.Second))
	refused("a debt that a talk settled", "not_closed_by_hand")
}

func TestTheFiguresOfMissedCallsFollowTheirDefinitions(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	anna := l.user("anna")
	ctx := l.as(access.Supervisor, anna)
	now := time.Now().UTC().Truncate(time.Second)
	debt := func(opened, attempt, closed time.Duration, reason string) { // ages; zero for never. A deadline is 15 minutes.
		at := func(age time.Duration) any {
			if age == 0 {
				return nil
			}
			return now.Add(-age)
		}
		c := l.end(missedCall("+7916"+crm.NewID()[29:36], now.Add(-opened)))
		l.read(`with c as (update missed_calls set opened_at = $2, deadline = $2::timestamptz + interval '15 minutes', first_attempt_at = $3, closed_at = $4, reason = $5,
			closed_by = case when $5 = 'talked' then id end where id = $1 returning 1) select count(*) from c`, string(c.ID), at(opened), at(attempt), at(closed), reason)
	}
	debt(60*time.Minute, 50*time.Minute, 50*time.Minute, "talked") // after 10 minutes, in time
	debt(60*time.Minute, 40*time.Minute, 0, "")                    // after 20, late
	debt(60*time.Minute, 30*time.Minute, 0, "")                    // after 30, late
	debt(60*time.Minute, 0, 55*time.Minute, "talked")              // they called again
	debt(60*time.Minute, 0, 0, "")                                 // lost
	debt(5*time.Minute, 0, 0, "")                                  // not due yet
	debt(10*24*time.Hour, 0, 0, "")                                // before the seven days
	f, err := l.book.MissedFigures(ctx, MissedFilter{})
	if err != nil || f.CallBack == nil {
		t.Fatal(f, err)
	}
	if got, want := (MissedFigures{Days: f.Days, Missed: f.Missed, CalledBack: f.CalledBack, Due: f.Due, OnTime: f.OnTime, Reached: f.Reached, Lost: f.Lost}),
		(MissedFigures{Days: 7, Missed: 6, CalledBack: 3, Due: 5, OnTime: 2, Reached: 2, Lost: 1}); got != want || *f.CallBack != 1200 {
		t.Errorf("%+v with a median of %v s, want %+v and 1200 s", got, *f.CallBack, want)
	}
}
