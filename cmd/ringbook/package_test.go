package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The package as a company meets it, on both Debians: installed on a clean root, set up, killed, upgraded under a call,
// removed, purged.
func TestPackage(t *testing.T) {
	if os.Getenv("RINGBOOK_TEST_PACKAGE") == "" {
		t.Skip("deploy/test package runs it: it builds the package and boots two Debians")
	}
	packages := t.TempDir()
	for _, version := range []string{"1.0.0", brokenVersion, "1.0.2"} {
		cmd := exec.Command("deploy/package")
		cmd.Dir, cmd.Env, cmd.Stderr = top(t), append(os.Environ(), "VERSION="+version), os.Stderr
		if version == brokenVersion {
			cmd.Env = append(cmd.Env, "GOFLAGS=-overlay="+withMigration(t, "select 1 / 0;"))
		}
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("build the package: %v", err)
		}
		built := filepath.Join(top(t), strings.TrimSpace(string(out)))
		if err := exec.Command("mv", built, filepath.Join(packages, version+".deb")).Run(); err != nil {
			t.Fatal(err)
		}
	}
	roots := map[string]string{}
	for _, suite := range []string{"bookworm", "trixie"} {
		roots[suite] = debianRoot(t, suite)
	}
	for suite, root := range roots {
		t.Run(suite, func(t *testing.T) {
			t.Parallel()
			m := newDebianMachine(t, root, packages)
			m.installs()
			m.boot()
			m.setsUp()
			m.serves()
			m.setsUpAgain()
			m.restarts()
			m.fetchesItsCertificate()
			m.upgradesInVain()
			m.upgrades()
			m.firewalled()
			m.goes()
		})
	}
}

// brokenVersion has a migration that fails.
const brokenVersion = "1.0.1"

const (
	packagedUnits = "ringbook.service ringbook-store.service ringbook-asterisk.service"
	answersByFlag = ` --address crm.company.test --company "Рога и копыта" --country RU --time-zone Europe/Moscow --email admin@company.test --password "очень синий трамвай"`
)

// installs on a root without a service manager; apt finds what is needed. Nothing is started.
func (m *debianMachine) installs() {
	m.t.Helper()
	if out := m.must("apt-get install -y /packages/1.0.0.deb"); !strings.Contains(out, "Now: sudo ringbook setup") {
		m.t.Errorf("the installation does not say how to go on:\n%s", out)
	}
	m.is("640 root:ringbook", "stat -c '%a %U:%G' /etc/ringbook/ringbook.env")
	m.is("750 ringbook:ringbook", "stat -c '%a %U:%G' /var/lib/ringbook")
	m.is("/usr/sbin/nologin", "getent passwd ringbook | cut -d: -f7")
	m.is("", "ls /etc/systemd/system/multi-user.target.wants | grep ringbook")
	m.must("systemd-analyze verify " + strings.ReplaceAll(packagedUnits, "ringbook", "/usr/lib/systemd/system/ringbook"))
	for _, unit := range strings.Fields(packagedUnits) {
		m.must("systemd-analyze security --offline=true --threshold=20 /usr/lib/systemd/system/" + unit)
	}
}

// setsUp answers the questions by flags; before that nothing starts, and a bad answer writes nothing.
func (m *debianMachine) setsUp() {
	m.t.Helper()
	m.must("systemctl start ringbook.service")
	m.is("inactive", "systemctl is-active ringbook.service")
	before := m.must("cat /etc/ringbook/ringbook.env")
	out, code := m.do("ringbook setup --yes" + answersByFlag + " --country XX")
	if code == 0 || !strings.Contains(out, `--country: "XX" is no country`) {
		m.t.Errorf("a wrong country: %d %s", code, out)
	}
	m.is(before, "cat /etc/ringbook/ringbook.env")
	out = m.must("ringbook setup --yes" + answersByFlag)
	for _, want := range []string{"Open https://crm.company.test and log in as admin@company.test\n", "443/tcp", "5060/udp", "hours of talk (57.6 MB an hour)", "Started: "} {
		if !strings.Contains(out, want) {
			m.t.Errorf("setup does not say %q:\n%s", want, out)
		}
	}
}

func (m *debianMachine) ready() {
	m.t.Helper()
	m.eventually("it is ready", 30*time.Second, func() bool {
		return strings.HasPrefix(m.fetch("http://127.0.0.1/readyz"), `{"ready":true`) || strings.Contains(m.fetch("http://127.0.0.1/readyz"), `"ready":true`)
	})
}

// calls lets a caller wait in Asterisk for Ringbook and gives its channel.
func (m *debianMachine) calls(channel string) {
	m.t.Helper()
	password := m.must("sed -n s/^RINGBOOK_ARI_PASSWORD=//p /etc/ringbook/ringbook.env")
	out := m.fetch("-u", "ringbook:"+password, "-X", "POST", "http://127.0.0.1:8083/ari/channels?endpoint=Local/%2B74955551020@from-trunk/n&extension=s&context=ringbook-echo&callerId=%2B79161234567&channelId="+channel)
	if !strings.Contains(out, channel) {
		m.t.Fatalf("call: %s", out)
	}
	m.eventually("the caller waits in Ringbook", 10*time.Second, func() bool {
		return strings.Contains(m.fetch("-u", "ringbook:"+password, "http://127.0.0.1:8083/ari/channels"), `"app_name":"Stasis"`)
	})
}

// serves under systemd, as its user, shut in.
func (m *debianMachine) serves() {
	m.t.Helper()
	m.ready()
	if out, code := m.do("ringbook doctor"); code != 0 {
		m.t.Errorf("the doctor: %s", out)
	}
	for _, unit := range strings.Fields(packagedUnits) {
		m.is("ringbook 1 2", "p=$(systemctl show --value -p MainPID "+unit+`); echo $(stat -c %U /proc/$p) $(awk '/^NoNewPrivs|^Seccomp:/ {print $2}' /proc/$p/status)`)
	}
	if page := m.fetch("-k", "--resolve", "crm.company.test:443:127.0.0.1", "https://crm.company.test/"); !strings.Contains(page, "<html") {
		m.t.Errorf("the web app: %s", page)
	}
	token := m.must("ringbook token create --user admin@company.test")
	if out := m.fetch("-H", "Authorization: Bearer "+token, "-H", "Content-Type: application/json", "-d", `{"e164":"+74955551020","name":"Sales","queue":"sales"}`, "http://127.0.0.1/api/v1/numbers"); !strings.Contains(out, `"id"`) {
		m.t.Fatalf("the number: %s", out)
	}
	m.calls("first")
	m.eventually("the call stands in the database", 10*time.Second, func() bool {
		return m.sql("select count(*) from calls") == "1"
	})
	m.must("logrotate -f /etc/logrotate.d/ringbook")
	m.must("ringbook backup /root/backup")
}

func (m *debianMachine) sql(query string) string {
	out, _ := m.do("cd / && setpriv --reuid=postgres --regid=postgres --init-groups psql -d ringbook -XqAtc " + `"` + query + `"`)
	return out
}

// setsUpAgain changes only what is answered differently.
func (m *debianMachine) setsUpAgain() {
	m.t.Helper()
	m.must("echo '# by hand' >>/etc/ringbook/ringbook.env; cp /etc/ringbook/ringbook.env /root/before")
	if out := m.must("ringbook setup --yes"); !strings.Contains(out, "as they were") {
		m.t.Errorf("a second setup: %s", out)
	}
	m.must("cmp /root/before /etc/ringbook/ringbook.env")
	m.must("ringbook setup --yes --company Horns")
	m.must("cmp /root/before /etc/ringbook/ringbook.env")
	if got := m.sql("select name || ' ' || country || ' ' || time_zone from company"); got != "Horns RU Europe/Moscow" {
		m.t.Errorf("the company is %s", got)
	}
	m.must("ringbook setup --yes --log-level debug")
	m.is("1", "diff /root/before /etc/ringbook/ringbook.env | grep -c '^[<>]'")
	m.is("640 root:ringbook", "stat -c '%a %U:%G' /etc/ringbook/ringbook.env")
	if got := m.sql("select count(*) from users"); got != "1" {
		m.t.Errorf("%s people", got)
	}
	m.must("cp /root/before /etc/ringbook/ringbook.env")
	m.ready()
}

// restarts after a crash, by systemd.
func (m *debianMachine) restarts() {
	m.t.Helper()
	was := m.property("ringbook.service", "MainPID")
	m.must("kill -9 " + was)
	m.eventually("another process runs", 5*time.Second, func() bool {
		now := m.property("ringbook.service", "MainPID")
		return now != was && now != "0"
	})
	m.ready()
}

// fetchesItsCertificate from an authority that comes to ports 80 and 443, shut in as the service is; then it is as it was.
func (m *debianMachine) fetchesItsCertificate() {
	m.t.Helper()
	a := newAuthorityBy(m.t, func(name string, args ...string) *exec.Cmd {
		return exec.Command("nsenter", append([]string{"-t", m.init, "-n", name}, args...)...)
	}, 80, 443, 3600)
	text, err := os.ReadFile(a.ca)
	if err != nil {
		m.t.Fatal(err)
	}
	m.must("cat >/etc/ssl/authority.pem <<'END'\n" + string(text) + "END")
	out := m.must("ringbook setup --yes --tls-domain localhost --tls-acme " + a.directory + " --tls-acme-ca /etc/ssl/authority.pem")
	if !strings.Contains(out, "The certificate of localhost is fetched by ACME from "+a.directory) {
		m.t.Errorf("setup does not say where the certificate comes from:\n%s", out)
	}
	root := filepath.Join(m.t.TempDir(), "root.pem")
	m.eventually("the certificate has come", 40*time.Second, func() bool {
		_ = os.WriteFile(root, []byte(m.fetch("-k", a.roots)), 0o600)
		return strings.Contains(m.fetch("--cacert", root, "https://localhost/"), "<html")
	})
	m.is("700 ringbook:ringbook", "stat -c '%a %U:%G' /var/lib/ringbook/certificates")
	if page := m.fetch("--cacert", root, "--resolve", "crm.company.test:443:127.0.0.1", "https://crm.company.test/"); strings.Contains(page, "<html") {
		m.t.Error("a name that is not the authority's is shown its certificate")
	}
	if out, code := m.do("ringbook doctor"); code != 0 || !strings.Contains(out, "localhost in force until") {
		m.t.Errorf("the doctor: %s", out)
	}
	was := m.property("ringbook.service", "MainPID")
	m.must("systemctl reload ringbook.service")
	m.must("cp /root/before /etc/ringbook/ringbook.env")
	m.is(was, "systemctl show --value -p MainPID ringbook.service")
	m.must("systemctl restart ringbook.service")
	m.ready()
}

// upgradesInVain to a version whose migration fails: the old one serves on, also after a crash.
func (m *debianMachine) upgradesInVain() {
	m.t.Helper()
	was := m.property("ringbook.service", "MainPID")
	out, code := m.do("dpkg -i /packages/" + brokenVersion + ".deb </dev/null")
	if code == 0 || !strings.Contains(out, "division by zero") || !strings.Contains(out, "the old version serves on") {
		m.t.Errorf("the upgrade that must fail: exit %d\n%s", code, out)
	}
	m.is(was, "systemctl show --value -p MainPID ringbook.service")
	m.is(brokenVersion, "ringbook --version")
	m.is("1.0.0", "/usr/lib/ringbook/ringbook --version")
	m.restarts()
}

// upgrades while a caller waits: settings stay, Ringbook is a new process, Asterisk and the caller are the same.
func (m *debianMachine) upgrades() {
	m.t.Helper()
	m.calls("second")
	ringbook, asterisk := m.property("ringbook.service", "MainPID"), m.property("ringbook-asterisk.service", "MainPID")
	m.must("dpkg -i /packages/1.0.2.deb </dev/null")
	m.is("1.0.2", "/usr/lib/ringbook/ringbook --version")
	m.is("1.0.2", "dpkg-query -W -f '${Version}' ringbook")
	m.must("cmp /root/before /etc/ringbook/ringbook.env")
	m.ready()
	if now := m.property("ringbook.service", "MainPID"); now == ringbook {
		m.t.Error("the old Ringbook runs on")
	}
	if now := m.property("ringbook-asterisk.service", "MainPID"); now != asterisk {
		m.t.Error("Asterisk was started again")
	}
	password := m.must("sed -n s/^RINGBOOK_ARI_PASSWORD=//p /etc/ringbook/ringbook.env")
	if out := m.fetch("-u", "ringbook:"+password, "http://127.0.0.1:8083/ari/channels/second"); !strings.Contains(out, `"id":"second"`) {
		m.t.Errorf("the caller is gone: %s", out)
	}
}

// firewalled by the rules of the page of ports, which open what it says and nothing else.
func (m *debianMachine) firewalled() {
	m.t.Helper()
	page, err := os.ReadFile(filepath.Join(top(m.t), "deploy/ports.md"))
	if err != nil {
		m.t.Fatal(err)
	}
	_, rules, found := strings.Cut(string(page), "```\n#!/usr/sbin/nft")
	rules, _, closed := strings.Cut(rules, "```")
	if !found || !closed {
		m.t.Fatal("ports.md has no rules for nftables")
	}
	m.must("apt-get install -y nftables iproute2")
	// Somebody outside, behind a pair of interfaces.
	m.must("ip netns add outside && ip link add in0 type veth peer name out0 netns outside && ip addr add 198.18.0.2/24 dev in0 && ip link set in0 up" +
		" && ip -n outside addr add 198.18.0.1/24 dev out0 && ip -n outside link set out0 up")
	m.must("cat >/tmp/rules <<'END'\n#!/usr/sbin/nft" + rules + "END\nnft -f /tmp/rules")
	m.ready()
	for port, open := range map[string]bool{"80": true, "443": true, "8088": true, "5060": false, "5061": false, "8082": false, "8083": false, "5432": false} {
		_, code := m.do("ip netns exec outside timeout 1 bash -c '</dev/tcp/198.18.0.2/" + port + "'")
		if (code == 0) != open {
			m.t.Errorf("port %s is open: %t, want %t", port, code == 0, open)
		}
	}
}

// goes: a removal leaves everything but the program, a purge leaves recordings and says so.
func (m *debianMachine) goes() {
	m.t.Helper()
	m.must("install -D -o ringbook /dev/null /var/lib/ringbook/objects/ringbook/kept.wav; touch /var/lib/ringbook/spool/kept.wav /var/lib/ringbook/asterisk/spool/voicemail/kept.wav")
	m.must("apt-get remove -y ringbook")
	m.is("", "systemctl is-active "+packagedUnits+" | grep -x active")
	m.is("", `for p in /proc/[0-9]*; do [ "$(stat -c %U $p 2>/dev/null)" != ringbook ] || cat $p/comm; done`)
	m.is("", "systemctl list-unit-files --no-legend 'ringbook*'")
	if state, _ := m.do("systemctl is-failed ringbook-asterisk.service"); state == "failed" { // it is over, but had to be killed
		log, _ := m.do("journalctl --no-pager -n 40 -u ringbook-asterisk; tail -n 30 /var/lib/ringbook/asterisk/log/messages")
		m.t.Logf("Asterisk did not end by itself:\n%s", log)
	}
	m.must("cmp /root/before /etc/ringbook/ringbook.env && test ! -e /usr/bin/ringbook -a ! -e /usr/lib/ringbook && test -s /var/lib/ringbook/tls/host.key")
	m.must("umount /var/cache/ringbook/asterisk") // it is this machine's
	out := m.must("apt-get purge -y ringbook")
	if !strings.Contains(out, "recordings, voicemails and Asterisk's logs are left in /var/lib/ringbook") || !strings.Contains(out, "dropdb ringbook") {
		m.t.Errorf("the purge does not say what it leaves:\n%s", out)
	}
	m.must("test ! -e /etc/ringbook && test ! -e /var/lib/ringbook/tls && test ! -e /var/lib/ringbook/certificates && cd /var/lib/ringbook && test -e objects/ringbook/kept.wav -a -e spool/kept.wav -a -e asterisk/spool/voicemail/kept.wav")
	if got := m.sql("select count(*) from calls"); got == "" || got == "0" {
		m.t.Errorf("the database is gone: %s", got)
	}
}
