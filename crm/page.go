package crm

import (
	"encoding/base64"
	"encoding/json"
)

// Page is one page of a list. NextCursor is empty on the last one.
type Page[T any] struct {
	Items      []T    `json:"items"`
	NextCursor string `json:"next_cursor" doc:"Give it as cursor to read on; empty on the last page"`
}

// EncodeCursor packs the place where a page ended. A cursor means nothing outside the list that gave it.
func EncodeCursor(parts ...string) string {
	text, _ := json.Marshal(parts) // strings always can be
	return base64.RawURLEncoding.EncodeToString(text)
}

// DecodeCursor unpacks a cursor of n parts.
func DecodeCursor(cursor string, n int) ([]string, error) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	var parts []string
	if err != nil || json.Unmarshal(text, &parts) != nil || len(parts) != n {
		return nil, Invalid("bad_cursor")
	}
	return parts, nil
}
