package crm

// Caller is what the network said about who calls.
type Caller struct {
	Asserted string // P-Asserted-Identity (RFC 3325), may be empty
	Number   string // user part of From
	Name     string // display name
}

// Parse finds the number and the name of a caller: the asserted identity stands over From; a display name that is a
// number is no name, and stands in for a number that is none. A withheld number is respected.
func (c Caller) Parse(country string) (phone Phone, name string, err error) {
	name = c.Name
	shown, shownErr := ParsePhone(c.Name, country)
	if shownErr == nil || shown.Reason == PhoneWithheld {
		name = ""
	}
	if c.Asserted != "" {
		if phone, err = ParsePhone(c.Asserted, country); err == nil {
			return phone, name, nil
		}
	}
	phone, err = ParsePhone(c.Number, country)
	if err != nil && phone.Reason != PhoneWithheld {
		if shownErr == nil {
			return shown, "", nil
		}
		if shown.Reason == PhoneWithheld {
			return shown, "", shownErr
		}
	}
	return phone, name, err
}
