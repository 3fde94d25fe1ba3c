package main

import (
	"context"
	"net/http"
	"testing"
	"time"

	"ringbook/softphone/headless"
)

func TestTheButtonLetsTheTownCall(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	w := r.operator("operator", headless.Options{AnswerAfter: 200 * time.Millisecond})
	ctx := context.Background()
	var made Rung
	if err := w.Do(ctx, http.MethodPost, "/demo/ring-me", RingMe{To: "+74990000000"}, &made); err == nil {
		t.Error("the town calls a number that is not ours")
	}
	if err := w.Do(ctx, http.MethodPost, "/demo/ring-me", RingMe{}, &made); err == nil {
		t.Error("without clients somebody calls all the same")
	}
	if err := w.Do(ctx, http.MethodPost, "/clients", map[string]any{"name": "Марина", "phones": []map[string]any{{"typed": "8 916 123-45-67"}}}, nil); err != nil {
		t.Fatal(err)
	}
	if err := w.Do(ctx, http.MethodPost, "/demo/ring-me", RingMe{}, &made); err != nil {
		t.Fatal(err)
	}
	if made.From != "+79161234567" || made.To != ourNumber {
		t.Errorf("%+v", made)
	}
	r.eventually("they talk", 10*time.Second, func() bool { _, ok := w.seen("answered"); return ok })
	if pop, _ := w.seen("pop"); pop.Phone != made.From || pop.Client == "" {
		t.Errorf("pop %+v", pop)
	}
}
