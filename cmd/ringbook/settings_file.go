package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
)

// Where the package keeps the settings and the program: what it installed reads them by itself.
const (
	packagedSettings = "/etc/ringbook/ringbook.env"
	packagedProgram  = "/usr/bin/ringbook"
)

// settingsFile is a file of variables in the form that both systemd's EnvironmentFile= and a shell read. Lines that it does not
// know stay as they are.
type settingsFile struct {
	path    string
	lines   []string
	changed []string // the variables whose value is another than it was
}

var (
	assignment = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]*)=(.*)$`)
	plainWord  = regexp.MustCompile(`^[A-Za-z0-9_./:@,+=%-]*$`)
)

// readSettings reads the file; one that is missing is empty.
func readSettings(path string) (*settingsFile, error) {
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the settings: %w", err)
	}
	f := &settingsFile{path: path}
	if len(text) > 0 {
		f.lines = strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	}
	return f, nil
}

// get is a variable's value, empty when it is not set.
func (f *settingsFile) get(name string) (value string) {
	for _, line := range f.lines {
		if m := assignment.FindStringSubmatch(line); m != nil && m[1] == name {
			value = unquoted(m[2])
		}
	}
	return value
}

// set changes a variable where it stands, or adds it.
func (f *settingsFile) set(name, value string) {
	line := name + "=" + quoted(value)
	for i := len(f.lines) - 1; i >= 0; i-- { // the last one counts
		m := assignment.FindStringSubmatch(f.lines[i])
		if m == nil || m[1] != name {
			continue
		}
		if unquoted(m[2]) != value {
			f.lines[i] = line
			f.changed = append(f.changed, name)
		}
		return
	}
	f.lines = append(f.lines, line)
	f.changed = append(f.changed, name)
}

// standard sets a variable that has no value yet.
func (f *settingsFile) standard(name, value string) {
	if f.get(name) == "" {
		f.set(name, value)
	}
}

// write replaces the file in one step, with the owner and the mode that it has; a new one belongs to the group and nobody else.
func (f *settingsFile) write(group int) error {
	if len(f.changed) == 0 {
		return nil
	}
	owner, mode := 0, fs.FileMode(0o640)
	if info, err := os.Stat(f.path); err == nil {
		mode = info.Mode().Perm() &^ 0o007
		if st, ok := info.Sys().(*syscall.Stat_t); ok {
			owner, group = int(st.Uid), int(st.Gid)
		}
	}
	file, err := os.CreateTemp(filepath.Dir(f.path), ".ringbook-*")
	if err != nil {
		return fmt.Errorf("write the settings: %w", err)
	}
	defer func() { _ = os.Remove(file.Name()) }()
	_, err = file.WriteString(strings.Join(f.lines, "\n") + "\n")
	if os.Geteuid() == 0 {
		err = errors.Join(err, file.Chown(owner, group))
	}
	if err = errors.Join(err, file.Chmod(mode), file.Sync(), file.Close()); err == nil {
		err = os.Rename(file.Name(), f.path)
	}
	if err != nil {
		return fmt.Errorf("write the settings: %w", err)
	}
	return nil
}

func quoted(value string) string {
	if plainWord.MatchString(value) {
		return value
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`, "`", "\\`").Replace(value) + `"`
}

func unquoted(word string) string {
	word = strings.TrimSpace(word)
	if len(word) < 2 || word[0] != word[len(word)-1] || word[0] != '"' && word[0] != '\'' {
		return word
	}
	inner := word[1 : len(word)-1]
	if word[0] == '\'' {
		return inner
	}
	var out strings.Builder
	for i := 0; i < len(inner); i++ {
		if inner[i] == '\\' && i+1 < len(inner) && strings.IndexByte("\\\"$`", inner[i+1]) >= 0 {
			i++
		}
		out.WriteByte(inner[i])
	}
	return out.String()
}

// loadPackaged gives the program of the package the settings of the package, where the environment has none of its own.
func loadPackaged() error {
	if self, err := os.Executable(); err != nil || self != packagedProgram {
		return nil
	}
	f, err := readSettings(packagedSettings)
	if err != nil {
		return err
	}
	for _, line := range f.lines {
		if m := assignment.FindStringSubmatch(line); m != nil {
			if _, given := os.LookupEnv(m[1]); !given {
				if err := os.Setenv(m[1], unquoted(m[2])); err != nil {
					return fmt.Errorf("take the setting %s: %w", m[1], err)
				}
			}
		}
	}
	return nil
}
