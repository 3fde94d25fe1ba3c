package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ringbook/crm/access"
	"ringbook/crm/postgres"
	"ringbook/crm/postgres/postgrestest"
	"ringbook/telephony/asterisktest"
)

// setupRun is a setup that writes into folders of the test.
type setupRun struct {
	t                   *testing.T
	dir, database, path string
}

func (s *setupRun) run(stdin string, args ...string) (out string, ok bool) {
	s.t.Helper()
	cmd := exec.Command(os.Args[0], append([]string{"setup", "--env", s.path, "--user", "nobody", "--no-start", "--share", filepath.Join(top(s.t), "deploy")}, args...)...)
	cmd.Env = variables(Config{})
	cmd.Stdin = strings.NewReader(stdin)
	text, err := cmd.CombinedOutput()
	return string(text), err == nil
}

func (s *setupRun) settings() []string {
	s.t.Helper()
	text, err := os.ReadFile(s.path)
	if err != nil {
		s.t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

// Each answer is checked when it is given, and asked for again; what is answered a second time is all that changes.
func TestSetupAsksUntilTheAnswersAreGoodAndThenChangesOnlyWhatIsAnswered(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "ringbook-setup-") // nobody must be able to reach it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	pbx := asterisktest.Switchboard(t, asterisktest.FreePorts(t), "ws://127.0.0.1:1/ari")
	s := &setupRun{t: t, dir: dir, database: postgrestest.URL(t), path: filepath.Join(dir, "ringbook.env")}
	conversation := []struct{ answer, complaint string }{
		{"0.0.0.0", "0.0.0.0 is no address that people can open"}, {"a b", `"a b" is neither a host name nor an IP address`}, {"https://CRM.company.test/", ""},
		{"Рога", ""}, {"ZZ", `"ZZ" is no country`}, {"ru", ""}, {"Mars/North", `"Mars/North" is no time zone`}, {"Europe/Moscow", ""},
		{"nobody", `"nobody" is no e-mail address`}, {"admin@company.test", ""}, {"", "an answer is needed"}, {"short", "at least 10 characters"}, {"очень синий трамвай", ""},
		{"ftp://x", `"ftp://x" is neither the word disk nor an address`}, {"disk", ""},
		{"http://127.0.0.1:1/ari", "no Asterisk answers"}, {strings.TrimSuffix(pbx.URL(), "ari") + "nothing", "is no ARI"}, {pbx.URL(), ""},
	}
	var said strings.Builder
	for _, c := range conversation {
		said.WriteString(c.answer + "\n")
	}
	out, ok := s.run(said.String(), "--database", s.database, "--data", filepath.Join(dir, "data"))
	if !ok {
		t.Fatal(out)
	}
	rest := out
	for _, c := range conversation {
		if _, after, found := strings.Cut(rest, c.complaint); found {
			rest = after
		} else {
			t.Errorf("to %q it does not say %q:\n%s", c.answer, c.complaint, out)
		}
	}
	first := s.settings()
	for _, want := range []string{"RINGBOOK_PUBLIC_URL=https://crm.company.test", "RINGBOOK_ARI_URL=" + pbx.URL(), "RINGBOOK_LOCAL_LISTEN=127.0.0.1:8082"} {
		if !slices.Contains(first, want) {
			t.Errorf("the settings have no %s:\n%s", want, strings.Join(first, "\n"))
		}
	}
	s.person(access.Administrator, "admin@company.test", "очень синий трамвай")

	if out, ok := s.run("", "--yes"); !ok || !slices.Equal(first, s.settings()) {
		t.Errorf("a second run changed something: %s\n%s", out, strings.Join(s.settings(), "\n"))
	}
	c := store()
	s3 := []string{"--yes", "--recordings", c.S3Endpoint, "--s3-access-key", c.S3AccessKey, "--s3-secret-key"}
	if out, ok := s.run("", append(s3, "wrong")...); ok || !strings.Contains(out, "does not serve us with this bucket and these keys") || !slices.Equal(first, s.settings()) {
		t.Errorf("a wrong key: %s", out)
	}
	if out, ok := s.run("", append(s3, c.S3SecretKey)...); !ok {
		t.Error(out)
	}
	for i, line := range s.settings() {
		name, _, _ := strings.Cut(line, "=")
		if line != first[i] && !strings.HasPrefix(name, "RINGBOOK_S3_") && name != "RINGBOOK_STORE_DIR" {
			t.Errorf("%s is now %s", first[i], line)
		}
	}
	s.person(access.Administrator, "admin@company.test", "очень синий трамвай")
	if out, ok := s.run("", "--yes", "--password", "совсем зелёный троллейбус"); !ok || strings.Contains(out, "троллейбус") {
		t.Errorf("another password: %s", out)
	}
	s.person(access.Administrator, "admin@company.test", "совсем зелёный троллейбус")
	s.movesHouse()
}

// movesHouse to a name that the world knows, whose certificate is fetched, and back to one that it does not.
func (s *setupRun) movesHouse() {
	s.t.Helper()
	const fetched = "RINGBOOK_TLS_DOMAIN=crm.ringbook.example.com"
	out, ok := s.run("", "--yes", "--address", "crm.ringbook.example.com")
	if !ok || !strings.Contains(out, "is fetched by ACME from https://acme-v02.api.letsencrypt.org/directory") || !slices.Contains(s.settings(), fetched) {
		s.t.Errorf("a public name: %s\n%s", out, strings.Join(s.settings(), "\n"))
	}
	moved := s.settings()
	if out, ok := s.run("", "--yes"); !ok || !slices.Equal(moved, s.settings()) {
		s.t.Errorf("the same again: %s\n%s", out, strings.Join(s.settings(), "\n"))
	}
	if out, ok := s.run("", "--yes", "--address", "192.0.2.99"); !ok || !slices.Contains(s.settings(), "RINGBOOK_TLS_DOMAIN=") || !slices.Contains(s.settings(), "RINGBOOK_MEDIA_ADDRESS=own,192.0.2.99") {
		s.t.Errorf("an address of a router: %s\n%s", out, strings.Join(s.settings(), "\n"))
	}
}

// person must be able to log in.
func (s *setupRun) person(role, email, password string) {
	s.t.Helper()
	pool, err := postgres.Open(context.Background(), s.database)
	if err != nil {
		s.t.Fatal(err)
	}
	defer pool.Close()
	login, err := access.New(pool, access.Options{}).LogIn(context.Background(), email, password, "")
	if err != nil || login.Actor.Role != role {
		s.t.Errorf("%s cannot log in: %+v, %v", email, login, err)
	}
}
