package crm

import (
	"slices"
	"testing"
	"unicode/utf8"
)

func TestCallerIDsAsTrunksSendThem(t *testing.T) {
	t.Parallel()
	const mobile = "+79161234567"
	for _, c := range []struct{ raw, country, want, ext, reason string }{
		{"89161234567", "RU", mobile, "", ""},
		{"79161234567", "RU", mobile, "", ""},
		{"9161234567", "RU", mobile, "", ""},
		{"+79161234567", "RU", mobile, "", ""},
		{"+7 (916) 123-45-67", "RU", mobile, "", ""},
		{"8 (495) 123-45-67", "RU", "+74951234567", "", ""},
		{"+7 495 1234567", "RU", "+74951234567", "", ""},
		{"495 1234567 доб. 12", "RU", "+74951234567", "12", ""},
		{"495 1234567 (доб. 12)", "RU", "+74951234567", "12", ""},
		{"8 495 123-45-67 ext 305", "RU", "+74951234567", "305", ""},
		{"8 495 123-45-67, вн. 7", "RU", "+74951234567", "7", ""},
		{"tel:+7-495-123-45-67", "RU", "+74951234567", "", ""},
		{"tel:+7-495-123-45-67;ext=12", "RU", "+74951234567", "12", ""},
		{"tel:123-45-67;phone-context=+7495", "RU", "+74951234567", "", ""},
		{"TEL:84951234567", "RU", "+74951234567", "", ""},
		{"sip:+79161234567@trunk.example;user=phone", "RU", mobile, "", ""},
		{`"Ivan" <sip:89161234567@10.0.0.1:5060>`, "RU", mobile, "", ""},
		{"810995555123456", "RU", "+995555123456", "", ""},
		{"8~10 995 555 12 34 56", "RU", "+995555123456", "", ""},
		{"995555123456", "RU", "+995555123456", "", ""},
		{"4915112345678", "RU", "+4915112345678", "", ""},
		{"+49 151 12345678", "RU", "+4915112345678", "", ""},
		{"020 7946 0018", "GB", "+442079460018", "", ""},
		{"9161234567", "", "", "", PhoneShort},
		{"８９１６１２３４５６７", "RU", mobile, "", ""},
		{"anonymous", "RU", "", "", PhoneWithheld},
		{"Restricted", "RU", "", "", PhoneWithheld},
		{"sip:anonymous@anonymous.invalid", "RU", "", "", PhoneWithheld},
		{"Unavailable", "RU", "", "", PhoneWithheld},
		{"номер скрыт", "RU", "", "", PhoneWithheld},
		{"112", "RU", "", "", PhoneShort},
		{"123456", "RU", "", "", PhoneShort},
		{"12345678901234567890", "RU", "", "", PhoneLong},
		{"+123456789012345678", "RU", "", "", PhoneLong},
		{"sales", "RU", "", "", PhoneLetters},
		{"8-800-FLOWERS", "RU", "", "", PhoneLetters},
		{"Иван Петров", "RU", "", "", PhoneLetters},
		{"\xff\xfe1234567", "RU", "", "", PhoneLetters},
		{"", "RU", "", "", PhoneEmpty},
		{"   ", "RU", "", "", PhoneEmpty},
		{"+", "RU", "", "", PhoneEmpty},
		{"<sip:@host>", "RU", "", "", PhoneEmpty},
	} {
		got, err := ParsePhone(c.raw, c.country)
		if got.E164 != c.want || got.Ext != c.ext || got.Reason != c.reason || (err == nil) != (c.reason == "") {
			t.Errorf("ParsePhone(%q, %q) = %+v, %v; want %s ext %q reason %q", c.raw, c.country, got, err, c.want, c.ext, c.reason)
		}
	}
}

func TestTheAssertedIdentityStandsOverFrom(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		caller Caller
		want   string
		shown  string
		reason string
	}{
		{"asserted over From", Caller{Asserted: "<sip:+74951234567@x>", Number: "89161234567", Name: "Ivan"}, "+74951234567", "Ivan", ""},
		{"asserted over anonymous", Caller{Asserted: "<tel:+74951234567>", Number: "anonymous", Name: "Anonymous"}, "+74951234567", "", ""},
		{"asserted is rubbish", Caller{Asserted: "<sip:pbx@x>", Number: "89161234567"}, "+79161234567", "", ""},
		{"the name is a number", Caller{Number: "89161234567", Name: "+7 916 123-45-67"}, "+79161234567", "", ""},
		{"only the name is a number", Caller{Number: "pbx", Name: "89161234567"}, "+79161234567", "", ""},
		{"withheld stays withheld", Caller{Number: "anonymous", Name: "89161234567"}, "", "", PhoneWithheld},
		{"only the name says withheld", Caller{Number: "", Name: "Anonymous"}, "", "", PhoneWithheld},
		{"UTF-8 name", Caller{Number: "89161234567", Name: "Марина Соколова"}, "+79161234567", "Марина Соколова", ""},
		{"nothing", Caller{}, "", "", PhoneEmpty},
	} {
		phone, name, err := c.caller.Parse("RU")
		if phone.E164 != c.want || name != c.shown || phone.Reason != c.reason || (err == nil) != (c.reason == "") {
			t.Errorf("%s: got %+v, %q, %v", c.name, phone, name, err)
		}
	}
}

func TestANumberIsWrittenForTheReader(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{{"+74951234567", "RU", "8 (495) 123-45-67"}, {"+74951234567", "DE", "+7 495 123-45-67"}, {"пусто", "RU", "пусто"}} {
		if got := FormatPhone(c[0], c[1]); got != c[2] {
			t.Errorf("FormatPhone(%q, %q) = %q, want %q", c[0], c[1], got, c[2])
		}
	}
	if got := MaskPhone("+79161234567"); got != "+7916•••4567" {
		t.Errorf("masked: %q", got)
	}
}

func TestANumberIsFoundWhileItIsTyped(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typed, country string
		want           []string
	}{
		{"8495123", "RU", []string{"8495123", "7495123", "78495123"}},
		{"8 (495) 123-45", "RU", []string{"849512345", "749512345", "7849512345"}},
		{"+7495", "RU", []string{"7495"}},
		{"4951234", "RU", []string{"4951234", "74951234"}},
		{"020 79", "GB", []string{"02079", "442079", "4402079"}},
		{"8", "RU", []string{"8", "78"}},
		{"495", "", []string{"495"}},
		{"tel", "RU", nil},
	} {
		if got := PhoneBeginnings(c.typed, c.country); !slices.Equal(got, c.want) {
			t.Errorf("%q in %q may begin %v, want %v", c.typed, c.country, got, c.want)
		}
	}
}

func FuzzParsePhone(f *testing.F) {
	for _, s := range []string{"89161234567", "tel:+7;ext=1", "<sip:a@b>", "доб. 12", "\xff", "８９"} {
		f.Add(s, "RU")
	}
	f.Fuzz(func(t *testing.T, raw, country string) {
		phone, err := ParsePhone(raw, country)
		if (err == nil) != (phone.E164 != "") || (err == nil) == (phone.Reason != "") {
			t.Fatalf("%q: %+v, %v", raw, phone, err)
		}
		if !utf8.ValidString(phone.E164) || len(phone.E164) > 16+1 {
			t.Fatalf("%q: number %q", raw, phone.E164)
		}
	})
}
