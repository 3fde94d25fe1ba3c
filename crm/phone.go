package crm

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"
)

// Why a number cannot be used.
const (
	PhoneWithheld = "withheld" // the caller, or their network, hides it
	PhoneEmpty    = "empty"
	PhoneLetters  = "letters" // not a number at all
	PhoneShort    = "short"
	PhoneLong     = "long"
)

// CodePhone is the code of a number that cannot be used; its parameter reason is one of the Phone constants.
const CodePhone = "phone_unusable"

// Phone is a telephone number as typed and as stored.
type Phone struct {
	Typed  string // as it came
	E164   string // ITU-T E.164 with its plus, empty when it cannot be parsed
	Ext    string // extension, digits
	Reason string // why E164 is empty
}

var (
	withheld = map[string]bool{"anonymous": true, "restricted": true, "private": true, "withheld": true, "unavailable": true,
		"unknown": true, "blocked": true, "asserted": true, "no caller id": true, "number withheld": true, "hidden": true,
		"скрыт": true, "скрытый": true, "номер скрыт": true, "скрытый номер": true}
	extension = regexp.MustCompile(`(?i)(?:;ext=|[\s,;.()]*(?:доб(?:авочный)?|вн(?:утр)?|ext(?:ension)?|x|#)[\s.:=]*)(\d{1,8})\)?\s*$`)
	area      = regexp.MustCompile(`(?i);phone-context=(\+?[\d.()-]+)`)
)

// ParsePhone reads a number in any form that people type and trunks send: national with or without the trunk prefix,
// international with or without plus, tel: (RFC 3966) and sip: addresses, with an extension. Country (ISO 3166) is
// whose national form is meant. On failure the Phone has its Reason and the error the code [CodePhone].
func ParsePhone(raw, country string) (Phone, error) {
	phone := Phone{Typed: strings.TrimSpace(raw)}
	text := address(phone.Typed)
	if m := extension.FindStringSubmatchIndex(text); m != nil && m[0] > 0 {
		phone.Ext, text = text[m[2]:m[3]], text[:m[0]]
	}
	if m := area.FindStringSubmatch(text); m != nil && strings.HasPrefix(m[1], "+") && !strings.HasPrefix(text, "+") {
		text = m[1] + text
	}
	text, _, _ = strings.Cut(text, ";")
	if phone.Reason = unusable(text); phone.Reason == "" {
		phone.E164, phone.Reason = e164(text, strings.ToUpper(country))
	}
	if phone.Reason != "" {
		phone.Ext = ""
		return phone, Invalid(CodePhone, Params{"reason": phone.Reason})
	}
	return phone, nil
}

// address takes the number out of a SIP or tel: address.
func address(s string) string {
	if from, to := strings.IndexByte(s, '<'), strings.LastIndexByte(s, '>'); from >= 0 && to > from {
		s = s[from+1 : to]
	}
	scheme, rest, ok := strings.Cut(s, ":")
	switch scheme = strings.ToLower(scheme); {
	case ok && scheme == "tel":
		return rest
	case ok && (scheme == "sip" || scheme == "sips" || scheme == "callto"):
		s = rest
	}
	user, _, _ := strings.Cut(s, "@")
	return strings.TrimSpace(user)
}

// unusable finds what is no number before a parser guesses: letters would be read as keys of a telephone.
func unusable(text string) string {
	digits := 0
	for _, r := range text {
		switch {
		case unicode.IsLetter(r):
			if withheld[strings.ToLower(strings.TrimSpace(text))] {
				return PhoneWithheld
			}
			return PhoneLetters
		case unicode.IsDigit(r):
			digits++
		case r == unicode.ReplacementChar || unicode.IsControl(r) && r != '\t':
			return PhoneLetters
		}
	}
	switch {
	case digits == 0:
		return PhoneEmpty
	case digits < 5:
		return PhoneShort
	case digits > 18:
		return PhoneLong
	}
	return ""
}

func e164(text, country string) (number, reason string) {
	parsed, err := phonenumbers.Parse(text, country)
	if err == nil && phonenumbers.IsValidNumber(parsed) {
		return phonenumbers.Format(parsed, phonenumbers.E164), ""
	}
	// Many trunks send an international number without its plus.
	if digits := Digits(text); !strings.Contains(text, "+") && len(digits) > 10 {
		if world, err := phonenumbers.Parse("+"+digits, country); err == nil && phonenumbers.IsValidNumber(world) {
			return phonenumbers.Format(world, phonenumbers.E164), ""
		}
	}
	if err != nil {
		return "", length(text)
	}
	switch phonenumbers.IsPossibleNumberWithReason(parsed) {
	case phonenumbers.IS_POSSIBLE: // the lists of valid ranges grow old; a number of the right length is believed
		return phonenumbers.Format(parsed, phonenumbers.E164), ""
	case phonenumbers.TOO_LONG:
		return "", PhoneLong
	}
	return "", length(text)
}

func length(text string) string {
	if len(Digits(text)) > 12 {
		return PhoneLong
	}
	return PhoneShort
}

// Digits leaves the decimal digits of a text, written in ASCII.
func Digits(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		}
		return -1
	}, s)
}

// PhoneBeginnings are the digits that the E.164 forms of a number may begin with whose first digits are being typed: after
// a plus they are those typed; else also with the country's code, with and without the national prefix that is typed.
func PhoneBeginnings(typed, country string) []string {
	digits := Digits(typed)
	if digits == "" {
		return nil
	}
	all := []string{digits}
	country = strings.ToUpper(country)
	code := phonenumbers.GetCountryCodeForRegion(country)
	if code == 0 || strings.Contains(typed, "+") {
		return all
	}
	own := strconv.Itoa(code)
	prefix := phonenumbers.GetNddPrefixForRegion(country, true)
	if rest, ok := strings.CutPrefix(digits, prefix); ok && prefix != "" && rest != "" {
		all = append(all, own+rest)
	}
	return append(all, own+digits)
}

// FormatPhone writes an E.164 number for people: national in its own country, else international. What is no number stays as it is.
func FormatPhone(e164, country string) string {
	parsed, err := phonenumbers.Parse(e164, "")
	if err != nil {
		return e164
	}
	if strings.EqualFold(phonenumbers.GetRegionCodeForNumber(parsed), country) {
		return phonenumbers.Format(parsed, phonenumbers.NATIONAL)
	}
	return phonenumbers.Format(parsed, phonenumbers.INTERNATIONAL)
}

// MaskPhone hides the middle of a number, for logs: +7916•••4567.
func MaskPhone(number string) string {
	if len(number) < 9 {
		return "•••"
	}
	return number[:len(number)-7] + "•••" + number[len(number)-4:]
}

// KnownCountry says whether numbers of the country (ISO 3166) can be read.
func KnownCountry(country string) bool { return phonenumbers.GetCountryCodeForRegion(country) != 0 }
