package main

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// What the recipe of the images copies is there, and each setting of its example is one that the program or its Asterisk takes.
func TestTheRecipeOfTheImagesNamesWhatIsThere(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(top(t), "deploy/image")
	recipe, err := os.ReadFile(filepath.Join(dir, "Containerfile"))
	if err != nil {
		t.Fatal(err)
	}
	copied := 0
	for line := range strings.Lines(string(recipe)) {
		words := strings.Fields(line)
		if len(words) < 3 || words[0] != "COPY" || slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, "--from") }) {
			continue
		}
		for _, from := range words[1 : len(words)-1] {
			if _, err := os.Stat(filepath.Join(top(t), from)); err != nil {
				t.Errorf("it copies %s: %v", from, err)
			}
			copied++
		}
	}
	if copied < 5 {
		t.Errorf("it copies %d things", copied)
	}
	known := map[string]bool{}
	for _, v := range variablesOf(Config{}) {
		known[v.name] = true
	}
	store := reflect.TypeFor[storeCommand]()
	for i := range store.NumField() {
		known["RINGBOOK_"+strings.ToUpper(strings.ReplaceAll(dashed(store.Field(i).Name), "-", "_"))] = true
	}
	start, err := os.ReadFile(filepath.Join(top(t), "deploy/asterisk/start")) // Asterisk is started with the same settings
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range strings.FieldsFunc(string(start), func(r rune) bool { return (r < 'A' || r > 'Z') && r != '_' && (r < '0' || r > '9') }) {
		known[word] = true
	}
	example, err := os.ReadFile(filepath.Join(dir, "ringbook.env.example"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(example)) {
		if name, _, ok := strings.Cut(line, "="); ok && !strings.HasPrefix(line, "#") && !known[name] {
			t.Errorf("nobody takes %s", name)
		}
	}
}
