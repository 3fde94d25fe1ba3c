package access

import (
	_ "embed"
	"strings"
	"sync"
	"unicode/utf8"

	zxcvbn "github.com/ccojocar/zxcvbn-go"

	"ringbook/crm"
)

const (
	shortestPassword = 10
	longestPassword  = 200
	// weakest is zxcvbn's score that a password needs, of 0 to 4: it is not found by guessing over the network.
	weakest = 2
	// judged is how much of a password is judged, for the judge's work grows with its square.
	judged = 60
	// tellingWord is how long a part of one's name must be to be no part of the password.
	tellingWord = 4
)

//go:embed common_russian.txt
var commonRussian string

// russianWords are the common words of Russian passwords as they are typed on a Latin keyboard, for that is how such a
// password is judged, in whichever layout it was typed; and as they are spelt in Latin letters.
var russianWords = sync.OnceValue(func() (words []string) {
	for word := range strings.FieldsSeq(commonRussian) {
		words = append(words, keysOf(word))
	}
	return words
})

var latinKeys = strings.NewReplacer("й", "q", "ц", "w", "у", "e", "к", "r", "е", "t", "н", "y", "г", "u", "ш", "i", "щ", "o", "з", "p", "х", "[", "ъ", "]",
	"ф", "a", "ы", "s", "в", "d", "а", "f", "п", "g", "р", "h", "о", "j", "л", "k", "д", "l", "ж", ";", "э", "'",
	"я", "z", "ч", "x", "с", "c", "м", "v", "и", "b", "т", "n", "ь", "m", "б", ",", "ю", ".", "ё", "`")

// keysOf writes Russian letters as the keys that they stand on.
func keysOf(text string) string { return latinKeys.Replace(strings.ToLower(text)) }

// checkPassword refuses what is short, what holds the person's e-mail or name, and what is among the common ones: lists of
// leaked passwords, words and names with the usual tricks, and walks over the keyboard.
func checkPassword(password, email, name string) error {
	if n := utf8.RuneCountInString(password); n < shortestPassword || n > longestPassword {
		return crm.Invalid("password_length", crm.Params{"min": shortestPassword, "max": longestPassword})
	}
	own := telling(email, name)
	small := strings.ToLower(password)
	for _, word := range own {
		if strings.Contains(small, word) || strings.Contains(keysOf(password), keysOf(word)) {
			return crm.Invalid("password_personal")
		}
	}
	words := append(append([]string{"ringbook", "hbyu,er"}, own...), russianWords()...)
	if zxcvbn.PasswordStrength(keysOf(cut(password, judged)), words).Score < weakest {
		return crm.Invalid("password_common")
	}
	return nil
}

// telling are the parts of an e-mail and a name that others know.
func telling(email, name string) (words []string) {
	account, _, _ := strings.Cut(strings.ToLower(email), "@")
	for _, word := range append(strings.Fields(strings.ToLower(name)), account) {
		if utf8.RuneCountInString(word) >= tellingWord {
			words = append(words, word)
		}
	}
	return words
}

// CheckPassword judges a password for a person who is not there yet, as [Store.AddUser] will.
func CheckPassword(password, email, name string) error { return checkPassword(password, email, name) }
