// Package asterisk holds what Ringbook needs in an Asterisk's configuration. The shell script instance beside it fills the
// same files for an Asterisk of our own.
package asterisk

import (
	"embed"
	"fmt"
	"regexp"
	"strings"
)

//go:embed switchboard/*_ringbook.conf
var files embed.FS

var blank = regexp.MustCompile(`@[A-Z_]+@`)

// Fill gives one of switchboard's files with its blanks, as @APP@, filled in. A blank without a value is an error.
func Fill(name string, values map[string]string) (string, error) {
	text, err := files.ReadFile("switchboard/" + name)
	if err != nil {
		return "", fmt.Errorf("read the template %s: %w", name, err)
	}
	var missing []string
	filled := blank.ReplaceAllStringFunc(string(text), func(found string) string {
		value, ok := values[strings.Trim(found, "@")]
		if !ok {
			missing = append(missing, found)
		}
		return value
	})
	if len(missing) > 0 {
		return "", fmt.Errorf("fill the template %s: no value for %s", name, strings.Join(missing, " "))
	}
	return filled, nil
}
