package main

import (
	"io"
	"log/slog"
	"regexp"

	"ringbook/crm"
)

// newLog writes lines of text in which phone numbers are masked, also those inside errors and addresses of requests.
func newLog(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: maskPhones}))
}

var e164 = regexp.MustCompile(`(?:\+|%2[Bb])[1-9][0-9]{8,14}`)

// maskPhones is for debug as for every other level: nobody remembers to clean a log before sending it on.
func maskPhones(_ []string, a slog.Attr) slog.Attr {
	text := ""
	switch v := a.Value.Any().(type) {
	case string:
		text = v
	case error:
		text = v.Error()
	case []byte:
		text = string(v)
	}
	if masked := e164.ReplaceAllStringFunc(text, crm.MaskPhone); masked != text {
		a.Value = slog.StringValue(masked)
	}
	return a
}
