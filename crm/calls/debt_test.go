package calls

import (
	"testing"
	"time"

	"ringbook/telephony"
)

const debts = "select rings, attempts, reason, coalesce(closed_by::text, '') from missed_calls order by opened_at"

func TestOneClientOwesOneDebtHoweverOftenTheyRing(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.client("+79160000001", "+79160000002")
	o.end(missedCall("+79160000001", noon))
	o.end(missedCall("+79160000002", noon.Add(time.Minute)))
	if got := o.read(debts); got != "[2 0]" {
		t.Error(got)
	}
	if got := o.read("select count(distinct missed_id), count(*) from calls"); got != "[1 2]" {
		t.Errorf("calls of the debt: %s", got)
	}
}

func TestATalkOfOneSecondByAnyNumberSettlesTheDebt(t *testing.T) {
	t.Parallel()
	for _, direction := range []telephony.Direction{telephony.Inbound, telephony.Outbound} {
		o := newOffice(t)
		anna := o.user("anna")
		o.client("+79160000001", "+79160000002")
		o.end(missedCall("+79160000001", noon))
		o.end(talk(direction, anna, "+79160000002", noon.Add(time.Hour), 900*time.Millisecond))
		if got := o.read("select count(*) from missed_calls where closed_at is null"); got != "[1]" {
			t.Errorf("%s: 0.9 s settled it", direction)
		}
		c := o.end(talk(direction, anna, "+79160000002", noon.Add(2*time.Hour), time.Second))
		if got := o.read("select reason, closed_by::text from missed_calls"); got != "[talked "+string(c.ID)+"]" {
			t.Errorf("%s: %s", direction, got)
		}
		o.stop()
	}
}

func TestACallOfOursThatReachesNobodyIsAnAttempt(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	anna := o.user("anna")
	miss := o.end(missedCall("+79160000001", noon))
	c := talk(telephony.Outbound, anna, "+79160000001", noon.Add(10*time.Minute), 0)
	c.AnsweredAt, c.EndReason, c.Segments = time.Time{}, telephony.EndBusy, nil
	o.end(c)
	if got := o.read(debts); got != "[1 1]" {
		t.Error(got)
	}
	got := o.read("select extract(epoch from called_back_at - ended_at)::int from calls where id = $1", string(miss.ID))
	if got != "[570]" {
		t.Errorf("call-back time %s", got)
	}
}

func TestAnsweredElsewhereIsNotMissed(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	anna := o.user("anna")
	o.end(talk(telephony.Inbound, anna, "+79160000001", noon, 5*time.Minute))
	o.end(missedCall("+79160000001", noon.Add(time.Minute))) // a second ring while somebody talks to them
	if got := o.read("select count(*) from missed_calls"); got != "[0]" {
		t.Error("a debt was opened")
	}
	o.end(missedCall("+79160000001", noon.Add(time.Hour)))
	if got := o.read("select count(*) from missed_calls where closed_at is null"); got != "[1]" {
		t.Error("a real miss opened no debt")
	}
}

func TestAMissThatIsStoredLateIsSettledByTheTalkThatFollowedIt(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	anna := o.user("anna")
	o.end(talk(telephony.Outbound, anna, "+79160000001", noon.Add(time.Hour), time.Minute))
	o.end(missedCall("+79160000001", noon)) // from the journal, after the talk was stored
	if got := o.read("select count(*) from missed_calls"); got != "[0]" {
		t.Error("a debt was opened")
	}
}

func TestAWithheldNumberCannotBeOwedACall(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.end(missedCall("", noon))
	if got := o.read("select count(*) from missed_calls"); got != "[0]" {
		t.Error(got)
	}
}

func TestADebtBelongsToTheOwnerOfTheClientThenOfTheNumber(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	anna, boris := o.user("anna"), o.user("boris")
	client := o.client("+79160000001")
	o.exec("update clients set owner_id = $1 where id = $2", string(anna), client)
	o.exec("insert into numbers (id, e164, name, owner_id) values ($1, '+74951234567', 'Main', $2)", client, string(boris))
	o.end(missedCall("+79160000001", noon))
	o.end(missedCall("+79160000009", noon))
	if got := o.read("select owner_id::text from missed_calls order by phone"); got != "["+string(anna)+" "+string(boris)+"]" {
		t.Error(got)
	}
	if got := o.read("select extract(epoch from deadline - opened_at)::int from missed_calls limit 1"); got != "[900]" {
		t.Errorf("deadline after %s", got)
	}
}

// brokenOff is a talk of 8 minutes whose agent's browser was lost: the client came back to the queue, it rang somebody else,
// and the client left.
func brokenOff(anna, boris telephony.AgentID, phone string) telephony.Call {
	c := talk(telephony.Inbound, anna, phone, noon, 8*time.Minute)
	lost := c.EndedAt
	c.Agent, c.EndedAt = boris, lost.Add(25*time.Second)
	c.Segments = append(c.Segments, telephony.Segment{Kind: telephony.SegmentAway, Agent: anna, From: lost, To: lost.Add(15 * time.Second)},
		telephony.Segment{Kind: telephony.SegmentWaiting, From: lost.Add(15 * time.Second), To: c.EndedAt},
		telephony.Segment{Kind: telephony.SegmentRinging, Agent: boris, From: lost.Add(16 * time.Second), To: c.EndedAt, End: "gone"})
	return c
}

func TestATalkThatBreaksOffIsOwedACallAndIsWhoeverTalked(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	anna, boris := o.user("anna"), o.user("boris")
	client := o.client("+79160000001")
	o.end(missedCall("+79160000001", noon.Add(-time.Hour)))
	c := o.end(brokenOff(anna, boris, "+79160000001"))
	if got := o.read("select agent_id::text from calls where id = $1", string(c.ID)); got != "["+string(anna)+"]" {
		t.Errorf("the call is %s's, and boris (%s) never talked", got, boris)
	}
	if got := o.read("select reason, (closed_at is null)::text, (client_id = $1)::text from missed_calls order by opened_at", client); got != "[talked false true true true]" {
		t.Errorf("debts: %s", got)
	}
	if got := o.read("select missed::text, (missed_id = id)::text from calls where id = $1", string(c.ID)); got != "[false true]" {
		t.Errorf("the call that broke off counts as missed, or is not tied to its debt: %s", got)
	}
	o.end(talk(telephony.Outbound, anna, "+79160000001", noon.Add(time.Hour), time.Minute))
	if got := o.read("select count(*) from missed_calls where closed_at is null"); got != "[0]" {
		t.Error("the call back does not settle it")
	}
}

func TestATalkWithAWithheldNumberSettlesTheDebtOfTheClientThatWasChosen(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	anna, client := o.user("anna"), o.client("+79160000001")
	o.end(missedCall("+79160000001", noon))
	c := talk(telephony.Inbound, anna, "", noon.Add(time.Hour), time.Minute)
	live := c
	live.State, live.Version, live.EndedAt, live.EndReason = telephony.StateTalking, 2, time.Time{}, ""
	o.desk.CallChanged(live)
	o.desk.Chosen(c.ID, client, "Client")
	o.end(c)
	o.wait("missed", o.read("select id::text from missed_calls")[1:37])
	if got := o.read("select count(*) from missed_calls where closed_at is null"); got != "[0]" {
		t.Error("a talk with the client leaves them owed a call")
	}
}
