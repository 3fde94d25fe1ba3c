package api_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"ringbook/crm"
	"ringbook/crm/access"
	"ringbook/crm/api"
)

var update = flag.Bool("update", false, "write testdata/rights.txt anew; read the difference before you keep it")

const rightsFile = "testdata/rights.txt"

const rightsHead = `# Every operation of the API, the right that it declares, and what each role is answered when it asks for somebody else's thing:
# the thing belongs to an operator of another team. 401 not logged in, 403 without the right, 404 out of the right's reach,
# 2xx done, 409 and 422 let through and then refused for what was asked. The test walks the OpenAPI; -update writes this file anew.
# nobody, operator, supervisor, head, administrator
`

// Each operation of the OpenAPI is asked for by each role, with IDs of another person's things. A slice's things are
// made by its fixture in fixtures_test.go; an ID without a fixture is one that does not exist.
func TestEachOperationAnswersEachRoleAsTheTableSays(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	visitors := []*visitor{h.anybody()}
	for _, role := range []string{access.Operator, access.Supervisor, access.Head, access.Administrator} {
		visitors = append(visitors, h.login(role+"@ours.example"))
	}
	spec := api.Mount(http.NewServeMux(), api.Options{Access: h.access, Slices: slicesOf(h.pool, h.access, h.dir)}).OpenAPI()
	var lines []string
	for _, op := range operationsOf(spec) {
		right, _ := op.Extensions[access.RightExtension].(string)
		if right == "" {
			t.Errorf("%s %s declares no right", op.Method, op.Path)
		}
		line := fmt.Sprintf("%-6s %-40s %-18s", op.Method, op.Path, right)
		for i, v := range visitors {
			if op.Path == "/logout" && i > 0 { // it would end the visit
				v = h.login([]string{"", access.Operator, access.Supervisor, access.Head, access.Administrator}[i] + "@ours.example")
			}
			a := h.ask(spec, op, v)
			if a.status >= 500 {
				t.Errorf("%s %s breaks: %d %s", op.Method, op.Path, a.status, a.text)
			}
			line += " " + strconv.Itoa(a.status)
		}
		lines = append(lines, line)
	}
	got := rightsHead + strings.Join(lines, "\n") + "\n"
	if *update {
		if err := os.WriteFile(rightsFile, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(rightsFile)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, strings.Split(string(want), "\n"), strings.Split(got, "\n"))
}

func compare(t *testing.T, want, got []string) {
	t.Helper()
	for _, line := range want {
		if !slices.Contains(got, line) {
			t.Errorf("the table says:    %s", line)
		}
	}
	for _, line := range got {
		if !slices.Contains(want, line) {
			t.Errorf("the API answers:   %s", line)
		}
	}
}

func operationsOf(spec *huma.OpenAPI) (all []*huma.Operation) {
	for _, item := range spec.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op != nil {
				all = append(all, op)
			}
		}
	}
	slices.SortFunc(all, func(a, b *huma.Operation) int { return strings.Compare(a.Path+" "+a.Method, b.Path+" "+b.Method) })
	return all
}

var placeholder = regexp.MustCompile(`\{[^}]+\}`)

// ask sends one request with IDs of another person's things and a body as small as the schema allows.
func (h *house) ask(spec *huma.OpenAPI, op *huma.Operation, v *visitor) answer {
	path := op.Path
	if make, ok := fixtures[op.Path]; ok {
		path = make(h)
	} else if make, ok := fixtures[parentOf(op.Path)]; ok {
		path = make(h) + strings.TrimPrefix(op.Path, parentOf(op.Path))
	}
	path = placeholder.ReplaceAllStringFunc(path, func(string) string { return crm.NewID() })
	query := ""
	for _, p := range op.Parameters {
		if p.In == "query" && p.Required {
			query += "&" + p.Name + "=" + fmt.Sprint(smallest(spec, p.Schema))
		}
	}
	if query != "" {
		path += "?" + query[1:]
	}
	if op.RequestBody == nil {
		return v.do(op.Method, path, nil)
	}
	if body, ok := bodies[op.Method+" "+op.Path]; ok {
		return v.do(op.Method, path, body(h))
	}
	for kind, media := range op.RequestBody.Content {
		if kind == "application/json" || strings.HasSuffix(kind, "+json") {
			return v.do(op.Method, path, smallest(spec, media.Schema))
		}
		w := *v
		w.header = v.header.Clone()
		w.header.Set("Content-Type", kind)
		return w.send(op.Method, api.Prefix+path, bytes.NewReader(nil))
	}
	return v.do(op.Method, path, nil)
}

// parentOf cuts a path after its first placeholder: the thing that the rest of the path belongs to.
func parentOf(path string) string {
	if i := strings.IndexByte(path, '}'); i >= 0 {
		return path[:i+1]
	}
	return path
}

// smallest makes the smallest value that a schema takes.
func smallest(spec *huma.OpenAPI, s *huma.Schema) any {
	if s.Ref != "" {
		s = spec.Components.Schemas.SchemaFromRef(s.Ref)
	}
	switch {
	case len(s.Enum) > 0:
		return s.Enum[len(s.Enum)-1]
	case s.Type == huma.TypeObject:
		v := map[string]any{}
		for _, name := range s.Required {
			v[name] = smallest(spec, s.Properties[name])
		}
		return v
	case s.Type == huma.TypeArray:
		return []any{}
	case s.Type == huma.TypeBoolean:
		return false
	case s.Type == huma.TypeInteger || s.Type == huma.TypeNumber:
		if s.Minimum != nil {
			return *s.Minimum
		}
		return 0
	case s.Format == "uuid":
		return crm.NewID()
	case s.Format == "date-time":
		return "2026-01-02T03:04:05Z"
	case s.Format == "date":
		return "2026-01-02"
	}
	return "x"
}

// insert runs SQL that makes a fixture and gives the new thing's ID.
func (h *house) insert(sql string, args ...any) string {
	h.t.Helper()
	id := crm.NewID()
	if _, err := h.pool.Exec(context.Background(), sql, append([]any{id}, args...)...); err != nil {
		h.t.Fatalf("making a fixture: %v", err)
	}
	return id
}
