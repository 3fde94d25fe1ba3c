package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ringbook/crm/deskphones"
	"ringbook/softphone/headless"
	"ringbook/telephony/asterisktest"
)

// desk is a telephone on somebody's desk: baresip, which registers, rings, and says and hears files.
type desk struct {
	t       *testing.T
	control string // where it takes commands
	heard   string // what it heard
}

// givePhone lets an administrator give somebody a desk phone.
func (r *rig) givePhone(admin *headless.Operator, user string) deskphones.DeskPhoneGiven {
	r.t.Helper()
	var given deskphones.DeskPhoneGiven
	if err := admin.Do(context.Background(), http.MethodPost, "/desk-phones", map[string]any{"user": user}, &given); err != nil {
		r.t.Fatal(err)
	}
	r.eventually("Asterisk knows the phone", 10*time.Second, func() bool {
		text, err := os.ReadFile(r.env.TrunkFile)
		return err == nil && strings.Contains(string(text), given.Password)
	})
	return given
}

// desk plugs a telephone in that answers at once, or when it is told.
func (r *rig) desk(login, password string, answers bool, say []int16) *desk {
	r.t.Helper()
	dir := r.t.TempDir()
	d := &desk{t: r.t, control: fmt.Sprintf("127.0.0.1:%d", asterisktest.FreeTCP()), heard: filepath.Join(dir, "heard.wav")}
	mode := "manual"
	if answers {
		mode = "auto"
	}
	for name, text := range map[string]string{
		"accounts": fmt.Sprintf("<sip:%s@127.0.0.1:%d;transport=udp>;auth_pass=%s;answermode=%s;regint=60;audio_codecs=PCMA\n", login, r.ports.Phones, password, mode),
		"contacts": "",
		"config": fmt.Sprintf("sip_listen 127.0.0.1:%d\naudio_source aufile,%s.wav\naudio_player aufile,%s\naudio_alert aufile,/dev/null\nausrc_srate 8000\nauplay_srate 8000\nrtp_ports 33000-34000\nctrl_tcp_listen %s\n"+
			"module_path /usr/lib/baresip/modules\nmodule g711.so\nmodule aufile.so\nmodule_app account.so\nmodule_app menu.so\nmodule ctrl_tcp.so\n",
			asterisktest.FreeUDP(r.t), wavFile(r.t, say), d.heard, d.control),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			r.t.Fatal(err)
		}
	}
	cmd := exec.Command("baresip", "-f", dir)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		r.t.Fatalf("baresip: %v", err)
	}
	r.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if r.t.Failed() {
			r.t.Logf("the desk phone said:\n%s", said.String())
		}
	})
	return d
}

// does gives the telephone a command of baresip's, as a netstring of JSON.
func (d *desk) does(command string) {
	d.t.Helper()
	conn, err := net.DialTimeout("tcp", d.control, 5*time.Second)
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	name, params, _ := strings.Cut(command, " ")
	text := fmt.Sprintf(`{"command":%q,"params":%q}`, name, params)
	if _, err := fmt.Fprintf(conn, "%d:%s,", len(text), text); err != nil {
		d.t.Fatal(err)
	}
	buf := make([]byte, 4096)
	_ = conn.SetReadDeadline(time.Now().Add(time.Second))
	_, _ = conn.Read(buf)
}

// registered waits until the phone of a person is there.
func (r *rig) registered(admin *headless.Operator, user string) deskphones.DeskPhone {
	r.t.Helper()
	var found deskphones.DeskPhone
	r.eventually("the desk phone registers", 20*time.Second, func() bool {
		var all deskphones.DeskPhones
		if err := admin.Do(context.Background(), http.MethodGet, "/desk-phones", nil, &all); err != nil {
			r.t.Fatal(err)
		}
		for _, p := range all.Items {
			if found = p; p.User.ID == user && p.State.Registered {
				return true
			}
		}
		return false
	})
	return found
}

// A desk phone is given, registers, rings for a client, is answered by hand; both hear each other, and both are in the recording, each in
// their own channel and at the same time.
func TestADeskPhoneIsAnAgentsDevice(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin := r.somebody("administrator")
	w := r.operator("operator", headless.Options{DeskPhone: true})
	given := r.givePhone(admin, w.ID)
	r.desk(given.Login, given.Password, true, bursts(agentTone, 60))
	if p := r.registered(admin, w.ID); !strings.Contains(p.State.Name, "baresip") || !strings.HasPrefix(p.State.Address, "127.0.0.1:") {
		t.Errorf("it registered as %+v", p.State)
	}
	channel := r.town.CallSaying("+79161111111", ourNumber, wavFile(t, bursts(clientTone, 60)))
	r.eventually("they talk", 15*time.Second, func() bool {
		for _, c := range r.server.board.Calls() {
			return c.State == "talking"
		}
		return false
	})
	r.eventually("the card pops", time.Second, func() bool { return w.times("pop") == 1 })
	time.Sleep(6 * time.Second)
	r.hangUp(channel)
	c := r.callOf(admin, "+79161111111", "it is in the bucket", 20*time.Second, verified)
	if c.Agent == nil || c.Agent.ID != w.ID || c.TalkSeconds < 5 {
		t.Errorf("%+v", c)
	}
	t.Logf("%d bytes of sound, %.1f s of talk", len(r.audio(admin, c.Recording.ID)), c.TalkSeconds)
}
