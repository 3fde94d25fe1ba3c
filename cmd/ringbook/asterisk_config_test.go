package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ringbook/softphone/headless"
	"ringbook/telephony/asterisktest"
)

var (
	fittingHead = regexp.MustCompile(`(?m)^## (/.*): (.*)\n`)
	consoleLine = regexp.MustCompile(`(?m)^asterisk -rx '(.*)'$`)
)

// follow does exactly what asterisk-config printed.
func follow(t *testing.T, printed string, console func(string) string) {
	t.Helper()
	parts, then, ok := strings.Cut(printed, "\n## Then\n")
	heads := fittingHead.FindAllStringSubmatchIndex(parts, -1)
	if !ok || len(heads) < 6 {
		t.Fatalf("the output has no parts to follow:\n%s", printed)
	}
	for i, h := range heads {
		file, does, end := parts[h[2]:h[3]], parts[h[4]:h[5]], len(parts)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		flags := os.O_CREATE | os.O_WRONLY | os.O_APPEND
		switch does {
		case newFile:
			flags = os.O_CREATE | os.O_WRONLY | os.O_EXCL
		case atEnd:
		default:
			t.Fatalf("nobody knows how to %q", does)
		}
		f, err := os.OpenFile(file, flags, 0o640)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString("\n" + parts[h[1]:end]); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for _, line := range consoleLine.FindAllStringSubmatch(then, -1) {
		t.Logf("%s: %s", line[1], console(line[1]))
	}
}

// theirs are the channels outside our application, each with what it does.
func theirs(i *asterisktest.Instance) (all []string) {
	for _, c := range i.Channels() {
		if c.Dialplan.App != "Stasis" && !strings.HasPrefix(c.ID, "echo.") {
			all = append(all, strings.Join([]string{c.ID, c.Name, c.State, c.Dialplan.Context, c.Dialplan.App}, " "))
		}
	}
	slices.Sort(all)
	return all
}

func TestAnAsteriskOfSomebodyElseIsJoinedAndItsOwnCallsGoOn(t *testing.T) {
	t.Parallel()
	const office = "+74955550001"
	r := openRig(t, rigOptions{absent: true, change: []func(*Config){func(c *Config) { c.TrunkEndpoint = "provider" }},
		switchboard: func(p asterisktest.Ports, _ string) *asterisktest.Instance {
			return asterisktest.Foreign(t, p, filepath.Join(top(t), "cmd/ringbook/testdata/foreign"))
		}})
	r.town.Call("+79160000001", office)
	var before []string
	r.eventually("the office talks", 10*time.Second, func() bool {
		before = theirs(r.own)
		return len(before) == 2 && strings.Contains(before[0], " Up ") && strings.Contains(before[1], " Up ")
	})

	if out, code := command(t, r.env.Config, "doctor"); code != 1 || !strings.Contains(out, "FAULT  asterisk: Asterisk refuses the user ringbook") {
		t.Errorf("the doctor of an Asterisk that is not joined: %d\n%s", code, out)
	}
	r.start()
	printed, code := command(t, r.env.Config, "asterisk-config", "--etc", filepath.Join(r.own.Dir, "etc"), "--context", "from-provider", "--number", ourNumber)
	if code != 0 {
		t.Fatal(printed)
	}
	follow(t, printed, r.own.Console)
	r.ready()

	w := r.operator("operator", headless.Options{AnswerAfter: 200 * time.Millisecond})
	client := r.town.Call("+79161234567", ourNumber)
	r.eventually("they talk", 10*time.Second, func() bool { _, ok := w.seen("answered"); return ok })
	if pop, _ := w.seen("pop"); pop.Phone != "+79161234567" {
		t.Errorf("the pop shows %q", pop.Phone)
	}
	if out, _ := command(t, r.env.Config, "doctor"); strings.Count(out, "FAULT") > 0 {
		t.Errorf("the doctor of a joined Asterisk:\n%s", out)
	}
	for change, part := range map[string]string{"dialplan remove context ringbook-fallback": "FAULT  dialplan: Asterisk has no context ringbook-fallback. Include extensions_ringbook.conf",
		"module unload app_echo.so": "FAULT  modules: Asterisk does not run app_echo.so. Take their noload lines out"} {
		r.own.Console(change)
		if out, code := command(t, r.env.Config, "doctor"); code != 1 || strings.Count(out, "FAULT") != 1 || !strings.Contains(out, part) {
			t.Errorf("the doctor after %q:\n%s", change, out)
		}
		r.own.Console("dialplan reload")
		r.own.Console("module load app_echo.so")
	}
	for _, c := range r.own.Channels() {
		if strings.HasPrefix(c.ID, "echo.") {
			t.Errorf("the doctor left %s", c.ID)
		}
	}
	if err := r.town.Delete("/channels/" + client); err != nil {
		t.Fatal(err)
	}
	r.eventually("our call is over", 5*time.Second, func() bool { _, ok := w.seen("ended"); return ok })
	r.stop()
	if now := theirs(r.own); !slices.Equal(now, before) {
		t.Errorf("the office's call was\n%s\nand is\n%s", strings.Join(before, "\n"), strings.Join(now, "\n"))
	}
	vars, err := os.ReadFile(filepath.Join(r.own.Dir, "etc", "ari_general_ringbook.conf"))
	if err != nil || !strings.Contains(string(vars), "RB_DID,OFFICE_TICKET,OFFICE_SHIFT") {
		t.Errorf("the office's own variables are lost: %v\n%s", err, vars)
	}
	r.town.Call("+79160000002", "+74955559999")
	r.eventually("the office's other numbers are its own", 10*time.Second, func() bool {
		return slices.ContainsFunc(theirs(r.own), func(c string) bool { return strings.HasSuffix(c, " inbound Playback") })
	})
}

// FreePBX writes its files anew at each change: everything of ours stands in those that it leaves alone.
func TestFreePBXIsGivenOnlyFilesThatItLeavesAlone(t *testing.T) {
	t.Parallel()
	etc := t.TempDir()
	c := Config{ARIUser: "ringbook", ARIPassword: "secret", ARIApp: "ringbook", LocalListen: "127.0.0.1:8082"}
	printed, code := command(t, c, "asterisk-config", "--freepbx", "--etc", etc)
	if code != 0 {
		t.Fatal(printed)
	}
	follow(t, printed, func(string) string { return "" })
	out, err := exec.Command("find", etc, "-type", "f", "-printf", "%f\n").Output()
	if err != nil {
		t.Fatal(err)
	}
	files := strings.Fields(string(out))
	slices.Sort(files)
	want := []string{"ari_additional_custom.conf", "ari_general_custom.conf", "ari_general_ringbook.conf", "ari_ringbook.conf", "extensions_custom.conf",
		"extensions_ringbook.conf", "websocket_client.conf", "websocket_client_ringbook.conf"}
	if !slices.Equal(files, want) {
		t.Errorf("files %v, want %v", files, want)
	}
	general, err := os.ReadFile(filepath.Join(etc, "ari_general_custom.conf"))
	if err != nil || strings.Contains(string(general), "[") {
		t.Errorf("ari_general_custom.conf stands inside [general] already: %v\n%s", err, general)
	}
	if !strings.Contains(printed, "ringbook-inbound,s,1") {
		t.Errorf("the custom destination is not named:\n%s", printed)
	}
}
