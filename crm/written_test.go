package crm

import "testing"

func TestANumberIsWrittenAsTheProviderWantsIt(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ number, country, home, abroad, want string }{
		{"+74951234567", "RU", HomePlus, AbroadPlus, "+74951234567"},
		{"+74951234567", "RU", HomeDigits, AbroadPlus, "74951234567"},
		{"+74951234567", "RU", HomeNational, AbroadPrefix, "84951234567"},
		{"+74951234567", "RU", HomeBare, AbroadPrefix, "4951234567"},
		{"+4930123456", "RU", HomeNational, AbroadPrefix, "8104930123456"},
		{"+4930123456", "RU", HomeNational, AbroadDigits, "4930123456"},
		{"+4930123456", "RU", HomeNational, AbroadPlus, "+4930123456"},
		{"+4930123456", "DE", HomeNational, AbroadPrefix, "030123456"},
		{"+74951234567", "DE", HomeNational, AbroadPrefix, "0074951234567"},
		{"+77272501000", "RU", HomeNational, AbroadPlus, "87272501000"}, // the code is shared with Kazakhstan, and dialled in the same way
		{"+12025550123", "US", HomeBare, AbroadPrefix, "2025550123"},
		{"+4930123456", "US", HomeBare, AbroadPrefix, "0114930123456"},
		{"112", "RU", HomeNational, AbroadPrefix, "112"},
	} {
		if got := WritePhone(row.number, row.country, row.home, row.abroad); got != row.want {
			t.Errorf("%s in %s as %s, %s: %q, want %q", row.number, row.country, row.home, row.abroad, got, row.want)
		}
		if row.number[0] != '+' || row.abroad == AbroadDigits {
			continue
		}
		if back, err := ParsePhone(row.want, row.country); err != nil || back.E164 != row.number {
			t.Errorf("%q is read back as %q (%v), not %s", row.want, back.E164, err, row.number)
		}
	}
}
