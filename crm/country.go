package crm

import "github.com/nyaruka/phonenumbers"

// CountryCode is the calling code (ITU-T E.164) of a country named as in ISO 3166, 0 for one that is not known.
func CountryCode(country string) int { return phonenumbers.GetCountryCodeForRegion(country) }
