package telephony

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestPickTakesTheLongestWaitAndTheLongestIdle(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	ago := func(seconds int) time.Time { return now.Add(-time.Duration(seconds) * time.Second) }
	free := func(id AgentID, idle int) Agent {
		return Agent{ID: id, State: AgentAvailable, Here: true, Media: true, SeenAt: now, Idle: ago(idle)}
	}
	waiting := func(id CallID, since int, trail ...Segment) Call {
		return Call{ID: id, State: StateWaiting, StartedAt: ago(since), WaitingAt: ago(since), Segments: trail}
	}
	rang := func(agent AgentID, ended int, how string) Segment {
		return Segment{Kind: SegmentRinging, Agent: agent, From: ago(ended + 20), To: ago(ended), End: how}
	}
	only := func(c Call, members ...AgentID) Call { c.Rules.Members = members; return c }
	away := free("gone", 900)
	away.Media = false
	cases := map[string]struct {
		calls  []Call
		agents []Agent
		want   []Offer
	}{
		"nobody waits":                           {nil, []Agent{free("a", 5)}, nil},
		"nobody is free":                         {[]Call{waiting("1", 9)}, []Agent{away}, nil},
		"the longest wait first":                 {[]Call{waiting("1", 5), waiting("2", 9)}, []Agent{free("a", 5)}, []Offer{{Call: "2", Agent: "a", Why: "longest_idle"}}},
		"the longest idle first":                 {[]Call{waiting("1", 5)}, []Agent{free("a", 5), free("b", 60)}, []Offer{{Call: "1", Agent: "b", Why: "longest_idle"}}},
		"each gets one":                          {[]Call{waiting("1", 5), waiting("2", 9)}, []Agent{free("a", 5), free("b", 60)}, []Offer{{Call: "2", Agent: "b", Why: "longest_idle"}, {Call: "1", Agent: "a", Why: "longest_idle"}}},
		"who let it ring is left in peace":       {[]Call{waiting("1", 30, rang("b", 2, "timeout"))}, []Agent{free("a", 5), free("b", 60)}, []Offer{{Call: "1", Agent: "a", Why: "longest_idle"}}},
		"and is asked again after half a minute": {[]Call{waiting("1", 90, rang("b", 31, "rejected"))}, []Agent{free("b", 60)}, []Offer{{Call: "1", Agent: "b", Why: "longest_idle"}}},
		"one who waits for nobody here":          {[]Call{only(waiting("1", 30), "vera"), waiting("2", 5)}, []Agent{free("a", 5)}, []Offer{{Call: "2", Agent: "a", Why: "longest_idle"}}},
		"a leg that failed costs a second":       {[]Call{waiting("1", 30, rang("a", 0, "gone"))}, []Agent{free("a", 5)}, nil},
		"and no more":                            {[]Call{waiting("1", 30, rang("a", 1, "gone"))}, []Agent{free("a", 5)}, []Offer{{Call: "1", Agent: "a", Why: "longest_idle"}}},
		"equal waits go by arrival":              {[]Call{waiting("2", 5), waiting("1", 5)}, []Agent{free("a", 5)}, []Offer{{Call: "1", Agent: "a", Why: "longest_idle"}}},
	}
	for name, c := range cases {
		if diff := cmp.Diff(c.want, Pick(c.calls, c.agents, now)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
