package crm

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// How a provider wants a number of the home country written: +74951234567, 74951234567, 84951234567 or 4951234567.
const (
	HomePlus     = "plus"
	HomeDigits   = "digits"
	HomeNational = "national"
	HomeBare     = "bare"
)

// How it wants a number of another country: +49..., 49... or with the international prefix of the home country (ITU-T E.123),
// as 8-10-49... from Russia and 00-49... from Germany.
const (
	AbroadPlus   = "plus"
	AbroadDigits = "digits"
	AbroadPrefix = "prefix"
)

// HomeForms and AbroadForms list the ways.
var (
	HomeForms   = []string{HomePlus, HomeDigits, HomeNational, HomeBare}
	AbroadForms = []string{AbroadPlus, AbroadDigits, AbroadPrefix}
)

// WritePhone writes an E.164 number as a provider in that country (ISO 3166) wants it. What is no E.164 number, such as 112, is
// left as it is.
func WritePhone(e164, country, home, abroad string) string {
	digits, plus := strings.CutPrefix(e164, "+")
	if !plus {
		return e164
	}
	country = strings.ToUpper(country)
	number, err := phonenumbers.Parse(e164, country)
	if err != nil || int(number.GetCountryCode()) != CountryCode(country) {
		switch abroad {
		case AbroadDigits:
			return digits
		case AbroadPrefix:
			return internationalPrefix(country) + digits
		}
		return e164
	}
	national := phonenumbers.GetNationalSignificantNumber(number)
	switch home {
	case HomeDigits:
		return digits
	case HomeNational:
		return phonenumbers.GetNddPrefixForRegion(country, true) + national
	case HomeBare:
		return national
	}
	return e164
}

// internationalPrefix is what begins a call abroad.
func internationalPrefix(country string) string {
	// Where several carriers share the way out, the library's metadata names the preferred one with a pause: 8~10.
	if number := phonenumbers.FormatOutOfCountryCallingNumber(phonenumbers.GetExampleNumber(elsewhere(country)), country); number != "" {
		if prefix, _, ok := strings.Cut(number, " "); ok {
			return Digits(prefix)
		}
	}
	return "00"
}

// elsewhere is a country with another code.
func elsewhere(country string) string {
	if CountryCode(country) == CountryCode("DE") {
		return "FR"
	}
	return "DE"
}
