package crm

import "time"

// Clock tells the time; tests hand in their own.
type Clock func() time.Time

// Now reads the clock, the machine's where none is set.
func (c Clock) Now() time.Time {
	if c == nil {
		return time.Now()
	}
	return c()
}
