package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the table of the configuration into README.md")

// The marks between which README's table stands.
const (
	tableBegins = "<!-- configuration: go test ./cmd/ringbook -run README -update -->\n"
	tableEnds   = "<!-- /configuration -->\n"
)

func TestREADMEHoldsTheConfiguration(t *testing.T) {
	t.Parallel()
	var want strings.Builder
	want.WriteString("| variable | flag | default | meaning |\n|---|---|---|---|\n")
	for _, v := range variablesOf(Config{}) {
		if v.hidden {
			continue
		}
		standard := ""
		if v.standard != "" {
			standard = "`" + v.standard + "`"
		}
		fmt.Fprintf(&want, "| `%s` | `%s` | %s | %s |\n", v.name, v.flag, standard, strings.ReplaceAll(v.help, "|", "\\|"))
	}
	path := filepath.Join(top(t), "README.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(text), tableBegins)
	table, after, ends := strings.Cut(rest, tableEnds)
	if !begins || !ends {
		t.Fatalf("README.md has no table of the configuration between %q and %q", tableBegins, tableEnds)
	}
	if *update {
		if err := os.WriteFile(path, []byte(before+tableBegins+want.String()+tableEnds+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if table != want.String() {
		t.Errorf("README's table is not what the program takes; run go test ./cmd/ringbook -run README -update\nwant:\n%s", want.String())
	}
}

// What the table says is what kong does.
func TestEachVariableIsTakenFromTheEnvironment(t *testing.T) {
	t.Parallel()
	var c Config
	help, code := command(t, c, "--help")
	if code != 0 {
		t.Fatalf("--help: exit %d: %s", code, help)
	}
	for _, v := range variablesOf(c) {
		if v.hidden {
			continue
		}
		if !strings.Contains(help, "($"+v.name+")") || !strings.Contains(help, v.flag) {
			t.Errorf("--help does not name %s and %s", v.flag, v.name)
		}
	}
}
