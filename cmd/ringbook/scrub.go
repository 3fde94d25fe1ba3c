package main

import (
	"encoding/base64"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"ringbook/crm"
)

// secretFree writes a value of the configuration without what must stay at home: a secret is empty, an address keeps its user only.
func (v variable) secretFree() string {
	if v.secret {
		return ""
	}
	return withoutPassword(v.value)
}

// Where the password stands in the address of a database or a SIP provider, in both writings.
var (
	passwordIn = regexp.MustCompile(`((?:[a-z0-9+]+://|sips?:)[^\s/@:]*):([^\s/@]*)@`)
	passwordIs = regexp.MustCompile(`(\bpassword=)([^\s&]+)`)
)

func withoutPassword(text string) string {
	return passwordIs.ReplaceAllString(passwordIn.ReplaceAllString(text, "$1@"), "$1•••")
}

// scrubber takes secrets and client data out of text that goes to somebody else.
type scrubber struct{ secrets []string }

// shortestSecret is how long a secret must be to be looked for; shorter ones would tear words apart.
const shortestSecret = 4

func newScrubber(c Config) scrubber {
	var s scrubber
	add := func(secret string) {
		if len(secret) >= shortestSecret {
			s.secrets = append(s.secrets, secret, url.QueryEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret)))
		}
	}
	for _, v := range variablesOf(c) {
		if v.secret {
			add(v.value)
		}
		for _, found := range append(passwordIn.FindAllStringSubmatch(v.value, -1), passwordIs.FindAllStringSubmatch(v.value, -1)...) {
			add(found[2])
			if plain, err := url.QueryUnescape(found[2]); err == nil {
				add(plain)
			}
		}
	}
	for _, pair := range [][2]string{{c.ARIUser, c.ARIPassword}, {c.TownARIUser, c.TownARIPassword}} {
		if pair[1] != "" {
			add(pair[0] + ":" + pair[1]) // as HTTP sends it
		}
	}
	if key, err := os.ReadFile(filepath.Join(c.Data, "secret.key")); err == nil {
		add(strings.TrimSpace(string(key)))
	}
	if file, err := os.ReadFile(c.TrunkFile); err == nil { // those that Asterisk must read in clear
		for _, found := range passwordLine.FindAllStringSubmatch(string(file), -1) {
			add(strings.ReplaceAll(found[1], `\;`, ";"))
		}
	}
	slices.SortFunc(s.secrets, func(a, b string) int { return len(b) - len(a) }) // one may hold another
	return s
}

// passwordLine is one of pjsip.conf.
var passwordLine = regexp.MustCompile(`(?m)^password = (.+)$`)

var (
	// Telephone numbers without and with what people put between the digits.
	plainNumber   = regexp.MustCompile(`(?:\+|%2[Bb])?\d{10,15}(?:\.\d+)?`)
	writtenNumber = regexp.MustCompile(`(?:\+\d{1,3}|\b8)[ (-]{1,2}\d{3}[ )-]{1,2}\d{3}[ -]?\d{2}[ -]?\d{2}\b`)
	mailsOf       = regexp.MustCompile(`[\p{L}\d._%+-]+@([\p{L}\d-]+(?:\.[\p{L}\d-]+)+)`)
	tokensOf      = regexp.MustCompile(`(?i)rb_[a-z0-9_-]{20,}|(ringbook_session=|bearer |basic |x-csrf-token: ?)[a-z0-9_.=+/-]+`)
)

// clean takes secrets, tokens, e-mails and telephone numbers out.
func (s scrubber) clean(text string) string {
	for _, secret := range s.secrets {
		text = strings.ReplaceAll(text, secret, "•••")
	}
	text = tokensOf.ReplaceAllString(withoutPassword(text), "$1•••")
	text = mailsOf.ReplaceAllString(text, "•••@$1")
	text = writtenNumber.ReplaceAllStringFunc(text, func(number string) string {
		return crm.MaskPhone(strings.NewReplacer(" ", "", "(", "", ")", "", "-", "").Replace(number))
	})
	var out strings.Builder
	end := 0
	for _, at := range plainNumber.FindAllStringIndex(text, -1) {
		out.WriteString(text[end:at[0]])
		number := text[at[0]:at[1]]
		// A channel's ID is 1767323045.99; what follows a hyphen or a letter is a part of another ID.
		if inside := at[0] > 0 && (text[at[0]-1] == '-' || isLetter(text[at[0]-1])); !inside && !strings.Contains(number, ".") {
			number = crm.MaskPhone(number)
		}
		out.WriteString(number)
		end = at[1]
	}
	return out.String() + text[end:]
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
