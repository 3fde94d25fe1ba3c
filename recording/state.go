package recording

import (
	"fmt"
	"slices"
)

// State is where a recording is on its way. The drawing is in doc.go.
type State string

// The states of a recording.
const (
	Capturing State = "capturing" // the call is on
	Spooled   State = "spooled"   // the file is closed and on our disk
	Uploading State = "uploading" // on its way to the bucket
	Verified  State = "verified"  // the bucket has it and says the same SHA-256
	Held      State = "held"      // may not be purged
	Redacted  State = "redacted"  // parts were taken out for good
	Purged    State = "purged"    // the sound is gone, the row says that it was
	Failed    State = "failed"    // has a reason; is tried again
)

// States lists them in the order of the drawing.
var States = []State{Capturing, Spooled, Uploading, Verified, Held, Redacted, Purged, Failed}

var arrows = map[State][]State{
	Capturing: {Spooled, Failed},
	Spooled:   {Uploading, Failed, Purged},
	Uploading: {Verified, Spooled, Failed},
	Verified:  {Held, Redacted, Purged},
	Held:      {Verified},
	Redacted:  {Held, Purged},
	Failed:    {Spooled, Uploading, Purged},
}

// A TransitionError says that the drawing has no such arrow.
type TransitionError struct{ From, To State }

// Error implements error.
func (e *TransitionError) Error() string {
	return fmt.Sprintf("a recording cannot become %s when it is %s", e.To, e.From)
}

// To checks one step on the way.
func (s State) To(next State) error {
	if !slices.Contains(arrows[s], next) {
		return &TransitionError{s, next}
	}
	return nil
}

// Before lists the states from which s can be reached in one step: what an UPDATE may find.
func (s State) Before() []State {
	var from []State
	for _, f := range States {
		if slices.Contains(arrows[f], s) {
			from = append(from, f)
		}
	}
	return from
}
