package main

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestNoLineOfTheLogHoldsAWholePhoneNumber(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := newLog(&out, slog.LevelDebug)
	failure := fmt.Errorf("dial: %w", errors.New(`Post "http://127.0.0.1/ari/channels?endpoint=PJSIP%2F%2B79161234567%40trunk": refused`))
	log.Info("a call from +79161234567", "phone", "+79161234567", "err", failure, "call", "01a20962-8601-7f18-a41d-0eee19a9dd7c", "n", 79161234567)
	log.With("to", "PJSIP/+4915112345678@trunk").Debug("dialling", slog.Group("caller", "number", "+74951234567"))
	text := out.String()
	for _, whole := range []string{"+79161234567", "2B79161234567", "4915112345678", "74951234567\""} {
		if strings.Contains(text, whole) {
			t.Errorf("%s stands in\n%s", whole, text)
		}
	}
	for _, kept := range []string{"4567", "01a20962-8601-7f18-a41d-0eee19a9dd7c", "refused", "@trunk"} {
		if !strings.Contains(text, kept) {
			t.Errorf("%s is missing in\n%s", kept, text)
		}
	}
}
