package crm

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestIDsSortByTheirTime(t *testing.T) {
	t.Parallel()
	a, b := NewIDAt(time.UnixMilli(1)), NewIDAt(time.UnixMilli(2))
	if a >= b || !IsID(a) || a[14] != '7' {
		t.Errorf("IDs %s, %s", a, b)
	}
	if IsID("x") || IsID("00000000-0000-7000-8000-00000000000g") {
		t.Error("rubbish taken for an ID")
	}
}

func TestTheWidestGrantCounts(t *testing.T) {
	t.Parallel()
	a := Actor{Rights: ParseRights([]string{"calls.read.own", "calls.read.team", "rubbish", "a.b.c.all", "x.y.some"})}
	if a.Scope("calls.read") != ScopeTeam || a.Can("clients.read") || len(a.Rights) != 1 {
		t.Errorf("rights %v", a.Rights)
	}
}

func TestAWrappedErrorKeepsItsKind(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("reading a client: %w", NotFound("client"))
	if !IsNotFound(err) || KindOf(errors.New("x")) != "" {
		t.Errorf("kind of %v", err)
	}
	if got := Invalid("bad", Params{"b": 2, "a": 1}).Error(); got != "bad a=1 b=2" {
		t.Errorf("written %q", got)
	}
}
