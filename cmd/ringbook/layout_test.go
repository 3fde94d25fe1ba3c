package main

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// house is the table of the design's first section: what each package may import. Of ours, a name ending in /... means all
// below it. Slices may import the slices left of them.
var house = []room{
	{"telephony", nil, nil},
	{"recording", nil, nil},
	{"telephony/asterisk", []string{"telephony"}, []string{"github.com/CyCoreSystems/ari/v5", "github.com/gorilla/websocket"}},
	{"telephony/asterisktest", []string{"telephony"}, nil},
	{"recording/bucket", []string{"recording"}, []string{"github.com/minio/minio-go/v7", "github.com/versity/versitygw"}},
	{"softphone", []string{"telephony", "softphone/g711"}, []string{"github.com/pion"}},
	{"softphone/g711", nil, nil},
	{"softphone/testphone", []string{"softphone/g711"}, []string{"github.com/pion"}},
	{"softphone/headless", []string{"softphone/testphone"}, []string{"github.com/gorilla/websocket"}},
	{"crm", nil, []string{"github.com/nyaruka/phonenumbers", "github.com/shopspring/decimal"}},
	{"crm/postgres", []string{"crm"}, database},
	{"crm/postgres/postgrestest", []string{"crm", "crm/postgres"}, database},
	{"crm/access", slice, append(slices.Clone(business), "github.com/alexedwards/argon2id", "github.com/ccojocar/zxcvbn-go", "github.com/pquerna/otp")},
	{"crm/clients", append(slices.Clone(slice), "crm/access"), business},
	{"crm/trunks", append(slices.Clone(slice), "crm/access"), business},
	{"crm/deskphones", append(slices.Clone(slice), "crm/access"), business},
	{"crm/calls", append(slices.Clone(slice), "crm/access", "crm/clients", "telephony", "recording"), business},
	{"crm/reports", append(slices.Clone(slice), "crm/access", "crm/clients", "crm/calls"), business},
	{"crm/web", nil, nil},
	{"crm/api", []string{"crm", "crm/...", "telephony", "recording", "softphone"}, []string{"github.com/danielgtaylor/huma/v2", "github.com/gorilla/websocket", "golang.org/x/time"}},
	{"deploy/asterisk", nil, nil},
	{"cmd/ringbook", []string{"..."}, append(slices.Clone(database), "github.com/alecthomas/kong", "golang.org/x/sync", "github.com/danielgtaylor/huma/v2", "github.com/prometheus/client_golang",
		"github.com/caddyserver/certmagic", "github.com/mholt/acmez/v3", "go.uber.org/zap")}, // certificates by ACME
	{"cmd/ringbook/demodata", []string{"..."}, append(slices.Clone(database), "golang.org/x/sync")},
	{"cmd/bench", []string{"..."}, []string{"..."}},
}

var (
	database = []string{"github.com/jackc/pgx/v5", "github.com/jackc/puddle/v2", "github.com/pressly/goose/v3", "github.com/riverqueue/river"}
	slice    = []string{"crm", "crm/postgres"}
	business = []string{"github.com/jackc/pgx/v5", "github.com/riverqueue/river", "github.com/danielgtaylor/huma/v2"}
	// forTests may be imported by any test.
	forTests = []string{"github.com/google/go-cmp", "github.com/gorilla/websocket", "github.com/jackc/pgx/v5", "github.com/pquerna/otp", "github.com/riverqueue/river"}
)

// room is one package: what it may import of ours, and of others what it is there for.
type room struct {
	pkg         string
	ours, third []string
}

// topLevel is what the repository's top holds, dot-files aside.
var topLevel = []string{"cmd", "crm", "deploy", "go.mod", "go.sum", "README.md", "recording", "softphone", "telephony"}

// allowed says whether a path is in a list of paths; an entry covers what is below it when deep, or when it ends in "...".
func allowed(path string, list []string, deep bool) bool {
	return slices.ContainsFunc(list, func(entry string) bool {
		if stem, all := strings.CutSuffix(entry, "..."); all {
			return strings.HasPrefix(path, stem)
		}
		return path == entry || deep && strings.HasPrefix(path, entry+"/")
	})
}

func TestImportsGoDownwardsOnly(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, "ringbook/")
		at := slices.IndexFunc(house, func(r room) bool { return r.pkg == name })
		if at < 0 {
			t.Errorf("%s is not in the table of the house: give it a floor here and in the design", name)
			continue
		}
		may := house[at]
		for _, path := range p.Imports {
			own, ours := strings.CutPrefix(path, "ringbook/")
			switch {
			case ours && !allowed(own, may.ours, false):
				t.Errorf("%s may not import %s", name, own)
			case !ours && strings.Contains(path, ".") && !allowed(path, may.third, true):
				t.Errorf("%s may not import %s", name, path)
			case ours && (strings.HasSuffix(own, "test")):
				t.Errorf("%s imports %s outside its tests", name, own)
			}
		}
		for _, path := range slices.Concat(p.TestImports, p.XTestImports) {
			if strings.Contains(strings.Split(path, "/")[0], ".") && !allowed(path, slices.Concat(may.third, forTests), true) {
				t.Errorf("the tests of %s may not import %s", name, path)
			}
		}
	}
}

type listed struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

func packages(t *testing.T) (all []listed) {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = top(t)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("list our packages: %v", err)
	}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// top is the repository's folder; not by the working directory, which the store of the tests changes.
func top(t testing.TB) string {
	t.Helper()
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		t.Fatal("the tests do not know where they stand")
	}
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// tracked lists the files that git holds, those not yet added included.
func tracked(t *testing.T) []string {
	t.Helper()
	cmd := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard")
	cmd.Dir = top(t)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("list the files of the repository: %v", err)
	}
	return strings.Fields(string(out))
}

func TestTheTopLevelHoldsTheHouseAndNothingElse(t *testing.T) {
	t.Parallel()
	for _, file := range tracked(t) {
		first, _, _ := strings.Cut(file, "/")
		if !strings.HasPrefix(first, ".") && !slices.Contains(topLevel, first) {
			t.Errorf("%s stands at the top", first)
		}
	}
}

// The longest that a file and a function may be, in lines.
const (
	longestFile     = 450
	longestFunction = 80
)

func TestFilesAndFunctionsAreShort(t *testing.T) {
	t.Parallel()
	for _, name := range tracked(t) {
		if _, err := os.Stat(filepath.Join(top(t), name)); err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		files := token.NewFileSet()
		parsed, err := parser.ParseFile(files, filepath.Join(top(t), name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Error(err)
			continue
		}
		if n := files.File(parsed.Pos()).LineCount(); n > longestFile {
			t.Errorf("%s has %d lines, %d at most", name, n, longestFile)
		}
		for _, d := range parsed.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if n := files.Position(f.End()).Line - files.Position(f.Pos()).Line + 1; n > longestFunction {
				t.Errorf("%s: %s has %d lines, %d at most", name, f.Name.Name, n, longestFunction)
			}
		}
	}
}
