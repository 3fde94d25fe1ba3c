package calls

import (
	"testing"
	"time"

	"ringbook/crm"
	"ringbook/crm/access"
	"ringbook/telephony"
)

func TestCallsAreFoundWhileTheirNumberIsTyped(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	anna, boris := l.user("anna"), l.user("boris")
	l.client("+74951234567")
	c := l.end(talk(telephony.Inbound, anna, "+74951234567", noon, time.Minute))
	l.end(talk(telephony.Inbound, anna, "+79160000001", noon.Add(time.Hour), time.Minute))
	for _, typed := range []string{"8495123", "8 (495) 123-45", "+7495123", "4951234", "4567", "8 495 123-45-67", "+74951234567"} {
		if n, err := l.book.Count(l.as(access.Operator, anna), Filter{Phone: typed}); err != nil || n != 1 {
			t.Errorf("%s: %d calls, %v", typed, n, err)
		}
		hits, err := l.book.Search(l.as(access.Operator, anna), typed, 10)
		if err != nil || len(hits) != 1 || hits[0].ID != string(c.ID) || hits[0].Title != "Client" || hits[0].At == nil {
			t.Errorf("searching %s: %+v, %v", typed, hits, err)
		}
		if hits, err := l.book.Search(l.as(access.Operator, boris), typed, 10); err != nil || len(hits) != 0 {
			t.Errorf("somebody else's call is found by %s: %+v, %v", typed, hits, err)
		}
	}
	for _, typed := range []string{"495", "Анна", "8496123", "+84951234567"} {
		if hits, err := l.book.Search(l.as(access.Head, boris), typed, 10); err != nil || len(hits) != 0 {
			t.Errorf("searching %s: %+v, %v", typed, hits, err)
		}
	}
}

func TestACallBeforeMidnightUTCIsMoscowsNextDay(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	anna := l.user("anna")
	late := time.Date(2026, 3, 3, 23, 30, 0, 0, time.UTC)
	c := l.end(talk(telephony.Inbound, anna, "+79160000001", late, time.Minute))
	ctx := l.as(access.Operator, anna)
	for day, want := range map[string]int{"2026-03-03": 0, "2026-03-04": 1, "2026-03-05": 0} {
		page, err := l.book.List(ctx, Filter{From: day, To: day}, 10, "")
		if err != nil || len(page.Items) != want || want == 1 && page.Items[0].ID != string(c.ID) {
			t.Errorf("%s has %d calls, %v", day, len(page.Items), err)
		}
	}
	if n, err := l.book.Count(ctx, Filter{Hour: "2"}); err != nil || n != 1 {
		t.Errorf("at two in the morning: %d, %v", n, err)
	}
	if _, err := l.book.List(ctx, Filter{From: "yesterday"}, 10, ""); crm.KindOf(err) != crm.KindInvalid {
		t.Errorf("a day that is none: %v", err)
	}
}

func TestTheEntryOfAMissedCallSaysWhichTalkClosedIt(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	anna := l.user("anna")
	client := l.client("+79160000001", "+79160000002")
	l.end(missedCall("+79160000001", noon))
	c := l.end(talk(telephony.Outbound, anna, "+79160000002", noon.Add(time.Hour), 1500*time.Millisecond))
	page, err := l.book.Missed(l.as(access.Operator, anna), MissedFilter{State: "closed", Client: client}, 10, "")
	if err != nil || len(page.Items) != 1 {
		t.Fatalf("%+v, %v", page, err)
	}
	by := page.Items[0].ClosedBy
	if by == nil || by.Call != string(c.ID) || by.Direction != "outbound" || by.TalkSeconds != 1 || by.Agent == nil || by.Agent.Name != "anna" || page.Items[0].Reason != "talked" {
		t.Errorf("%+v by %+v", page.Items[0], by)
	}
}
