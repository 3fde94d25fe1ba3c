package access

import (
	"testing"

	"ringbook/crm"
)

func TestACommonShortOrPersonalPasswordIsRefused(t *testing.T) {
	t.Parallel()
	for password, want := range map[string]string{
		"":                    "password_length",
		"short 9 c":           "password_length",
		"Password123!":        "password_common",
		"P@ssw0rd2026":        "password_common",
		"qwertyuiop12":        "password_common",
		"aaaaaaaaaaaa":        "password_common",
		"1q2w3e4r5t6y":        "password_common",
		"1234567890ab":        "password_common",
		"november2026":        "password_common",
		"пароль12345":         "password_common",
		"gfhjkm12345":         "password_common", // the same on a Latin keyboard
		"йцукенгшщз":          "password_common",
		"Любимая2020":         "password_common",
		"k.,bvfz2020":         "password_common",
		"солнышко111":         "password_common",
		"maksim2010!":         "password_common",
		"ringbook2026":        "password_common",
		"my sokolova is good": "password_personal",
		"зимний лес, Ирина и река":  "password_personal",
		"pbvybq ktc? Bhbyf b htrf":  "password_personal", // her name on a Latin keyboard
		"eleven grey herons":        "",
		"80d2adf249e0":              "",
		"Семь лисиц на крыше, май?": "",
	} {
		err := checkPassword(password, "sokolova@ringbook.example", "Ирина Ли")
		got := ""
		if e, ok := err.(*crm.Error); ok {
			got = e.Code
		}
		if got != want {
			t.Errorf("%q: %q, want %q", password, got, want)
		}
	}
}
