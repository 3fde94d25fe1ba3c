package main

import (
	"testing"
	"time"
)

func TestAPercentileIsTheSmallestTimeThatSoManyDoNotExceed(t *testing.T) {
	t.Parallel()
	var times []time.Duration
	for i := 200; i > 0; i-- {
		times = append(times, time.Duration(i)*time.Millisecond)
	}
	if got, want := spreadOf(times), (spread{N: 200, P50: 100, P95: 190, P99: 198, Max: 200}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got, want := spreadOf(times[:1]), (spread{N: 1, P50: 1, P95: 1, P99: 1, Max: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := spreadOf(nil); got.N != 0 || got.cells()[1] != "-" {
		t.Errorf("no times give %+v", got)
	}
}
