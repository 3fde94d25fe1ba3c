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
	"ringbook/telephony"
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
	modules, _ := filepath.Glob("/usr/lib/*/baresip/modules") // Debian 13's; 12 has no folder of the architecture
	modules = append(modules, "/usr/lib/baresip/modules")
	for name, text := range map[string]string{
		"accounts": fmt.Sprintf("<sip:%s@127.0.0.1:%d;transport=udp>;auth_pass=%s;answermode=%s;regint=60;audio_codecs=PCMA\n", login, r.ports.Phones, password, mode),
		"contacts": "",
		"config": fmt.Sprintf("sip_listen 127.0.0.1:%d\naudio_source aufile,%s.wav\naudio_player aufile,%s\naudio_alert aufile,/dev/null\nausrc_srate 8000\nauplay_srate 8000\nrtp_ports 33000-34000\nctrl_tcp_listen %s\n"+
			"module_path %s\nmodule g711.so\nmodule aufile.so\nmodule_app account.so\nmodule_app menu.so\nmodule ctrl_tcp.so\n",
			asterisktest.FreeUDP(r.t), wavFile(r.t, say), d.heard, d.control, modules[0]),
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

// talked waits until the only call is in a talk and gives it.
func (r *rig) talked() telephony.Call {
	r.t.Helper()
	var talk telephony.Call
	r.eventually("they talk", 15*time.Second, func() bool {
		for _, c := range r.server.board.Calls() {
			talk = c
		}
		return talk.State == telephony.StateTalking
	})
	return talk
}

// worksAt gives an operator a handset, which registers.
func (r *rig) worksAt(admin *headless.Operator, name string) (*worker, *handset) {
	r.t.Helper()
	w := r.operator(name, headless.Options{DeskPhone: true})
	given := r.givePhone(admin, w.ID)
	h := r.handset(given.Login, given.Password)
	r.eventually("Asterisk has read of the phone, which registers", 10*time.Second, func() bool { return h.register() == "200 OK" })
	r.registered(admin, w.ID)
	return w, h
}

// What came into the handset and what went out of it are as far apart in the recording as they were at the handset, and the beginning
// of the file is the beginning of the talk.
func TestTheSidesOfADeskPhonesRecordingLieAsTheyWereSaid(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin := r.somebody("administrator")
	_, h := r.worksAt(admin, "operator")
	channel := r.town.CallSaying("+79161111111", ourNumber, wavFile(t, bursts(clientTone, 60)))
	r.talked()
	time.Sleep(12 * time.Second)
	r.hangUp(channel)
	c := r.callOf(admin, "+79161111111", "it is in the bucket", 20*time.Second, verified)
	client, agent := channels(t, r.audio(admin, c.Recording.ID))
	theirs, ours := onsets(client), onsets(agent)
	there, n := h.apart()
	if n < 8 || len(theirs) < 8 || len(ours) < 8 {
		t.Fatalf("%d bursts at the handset, %d and %d in the file", n, len(theirs), len(ours))
	}
	var sum, seen time.Duration
	for _, in := range theirs {
		for _, out := range ours {
			if d := time.Duration(in-out) * time.Second / 8000; d > -500*time.Millisecond && d <= 500*time.Millisecond {
				sum, seen = sum+d, seen+1
			}
		}
	}
	inFile := sum / max(seen, 1)
	off := (inFile-there+1500*time.Millisecond)%time.Second - 500*time.Millisecond
	t.Logf("%s apart at the handset, %s in the file", there, inFile)
	if off.Abs() > 40*time.Millisecond {
		t.Errorf("the sides are %s nearer or farther than they were", off)
	}
	if own := power(client[8000:], clientTone) - power(client[8000:], agentTone); own < 20 {
		t.Errorf("in the client's channel the own voice stands %.1f dB over the other's", own)
	}
	if own := power(agent[8000:], agentTone) - power(agent[8000:], clientTone); own < 20 {
		t.Errorf("in the agent's channel the own voice stands %.1f dB over the other's", own)
	}
	if diff := c.Recording.Duration - c.TalkSeconds; diff > 0.04 || diff < -0.04 {
		t.Errorf("the file lasts %.3f s, the talk %.3f s", c.Recording.Duration, c.TalkSeconds)
	}
	if left, err := r.server.pbx.Leftovers(context.Background()); err != nil {
		t.Error(err)
	} else if len(left) != 1 {
		t.Errorf("%d recordings are in Asterisk, want the one until it is looked after", len(left))
	}
	if err := r.server.mendOnce(context.Background()); err != nil {
		t.Error(err)
	}
	if left, err := r.server.pbx.Leftovers(context.Background()); err != nil || len(left) != 0 {
		t.Errorf("%d recordings are left in Asterisk: %v", len(left), err)
	}
}

func TestADeskPhoneThatDeclinesIsAwayOrHasAWrongPasswordGetsNoCall(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin := r.somebody("administrator")
	w, h := r.worksAt(admin, "operator")
	wrong := r.handset(h.login, "not the password")
	if status := wrong.register(); strings.HasPrefix(status, "2") {
		t.Errorf("a wrong password registers: %s", status)
	}
	h.declines.Store(true)
	channel := r.town.Call("+79161111111", ourNumber)
	c := r.callOf(admin, "+79161111111", "the offer is declined", 10*time.Second, func(c callView) bool {
		for _, s := range c.Segments {
			if s.Kind == "ringing" && s.Result == "rejected" {
				return true
			}
		}
		return false
	})
	if c.State != "waiting" {
		t.Errorf("the call is %s", c.State)
	}
	if a := r.server.board.Agent(w.agentID()); a.State != telephony.AgentAvailable {
		t.Errorf("who declined is %s", a.State)
	}
	r.hangUp(channel)
	h.unplug()
	second := r.town.Call("+79162222222", ourNumber)
	r.eventually("who does not answer is offered nothing more", 40*time.Second, func() bool {
		a := r.server.board.Agent(w.agentID())
		return a.State == telephony.AgentNotResponding || !a.Media
	})
	r.hangUp(second)
	if err := admin.Do(context.Background(), http.MethodDelete, "/desk-phones/"+w.ID, nil, nil); err != nil {
		t.Fatal(err)
	}
	late := r.handset(h.login, h.pass)
	r.eventually("a phone that was taken away registers no more", 15*time.Second, func() bool { return !strings.HasPrefix(late.register(), "2") })
}

// A click rings the desk phone and then the client; a number that is keyed in on it goes by the same rules; the handset that is put down
// ends the call.
func TestADeskPhoneCallsOut(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin := r.somebody("administrator")
	w := r.operator("operator", headless.Options{DeskPhone: true})
	given := r.givePhone(admin, w.ID)
	d := r.desk(given.Login, given.Password, true, bursts(agentTone, 60))
	r.registered(admin, w.ID)
	_ = w.Send("dial", map[string]any{"to": "+79161111100"})
	talk := r.talked()
	if talk.Device != telephony.DeskPhone || talk.Direction != telephony.Outbound {
		t.Errorf("%+v", talk)
	}
	time.Sleep(2 * time.Second)
	d.does("hangup")
	c := r.callOf(admin, "+79161111100", "the handset ended it", 10*time.Second, ended)
	if c.EndReason != "agent_hung_up" {
		t.Errorf("it ended as %s", c.EndReason)
	}
	d.does("dial sip:89162222200@127.0.0.1:" + fmt.Sprint(r.ports.Phones))
	talk = r.talked()
	if talk.Phone != "+79162222200" || talk.Agent != w.agentID() {
		t.Errorf("%+v", talk)
	}
	_ = w.Send("hangup", map[string]any{"call": string(talk.ID)})
	c = r.callOf(admin, "+79162222200", "it is in the bucket", 20*time.Second, verified)
	if c.Agent == nil || c.Agent.ID != w.ID {
		t.Errorf("%+v", c)
	}
	d.does("dial sip:+442071234567@127.0.0.1:" + fmt.Sprint(r.ports.Phones))
	time.Sleep(2 * time.Second)
	if n := len(r.calls(admin)); n != 2 {
		t.Errorf("%d calls, a number that may not be called was", n)
	}
}

// Ringbook is killed in the midst of a talk at a desk phone, which goes on; the recording has every second of it but the hold, in which the
// agent's voice is their own.
func TestATalkAtADeskPhoneSurvivesAKillAndIsRecordedWhole(t *testing.T) {
	t.Parallel()
	r := newRigApart(t)
	admin := r.somebody("administrator")
	w, h := r.worksAt(admin, "operator")
	channel := r.town.CallSaying("+79161111111", ourNumber, wavFile(t, bursts(clientTone, 60)))
	c := r.callOf(admin, "+79161111111", "they talk", 15*time.Second, func(c callView) bool { return c.State == "talking" })
	time.Sleep(2 * time.Second)
	r.kill()
	time.Sleep(3 * time.Second)
	r.start()
	r.ready()
	r.eventually("the page is back", 15*time.Second, func() bool { return w.times("lost") > 0 && w.times("ready") > 1 })
	r.callOf(admin, "+79161111111", "they still talk", 5*time.Second, func(c callView) bool { return c.State == "talking" })
	time.Sleep(2 * time.Second)
	held := time.Now()
	_ = w.Send("hold", map[string]any{"call": c.ID})
	r.callOf(admin, "+79161111111", "the client is held", 5*time.Second, func(c callView) bool { return c.State == "held" })
	time.Sleep(3 * time.Second)
	_ = w.Send("resume", map[string]any{"call": c.ID})
	r.callOf(admin, "+79161111111", "they talk again", 5*time.Second, func(c callView) bool { return c.State == "talking" })
	resumed := time.Now()
	time.Sleep(3 * time.Second)
	if !r.stands(channel) {
		t.Fatal("the client was dropped")
	}
	r.hangUp(channel)
	c = r.callOf(admin, "+79161111111", "it is in the bucket", 30*time.Second, verified)
	if c.EndReason != "client_hung_up" || c.HoldSeconds < 2.5 {
		t.Errorf("%+v", c)
	}
	_, agent := channels(t, r.audio(admin, c.Recording.ID))
	at := func(moment time.Time) int { return int(moment.Sub(*c.AnsweredAt).Seconds() * 8000) }
	var heard []time.Time
	h.mu.Lock()
	said := h.said
	h.mu.Unlock()
	for _, burst := range said {
		from := at(burst)
		on := from >= 0 && from+2400 < len(agent) && len(onsets(append(make([]int16, 800), agent[max(0, from-400):from+1200]...))) > 0
		if on {
			heard = append(heard, burst)
		}
		hidden := burst.After(held.Add(300*time.Millisecond)) && burst.Before(resumed.Add(-600*time.Millisecond))
		outside := burst.Before(held.Add(-300*time.Millisecond)) || burst.After(resumed.Add(300*time.Millisecond))
		if inside := from >= 800 && from+4000 < len(agent); inside && (hidden && on || outside && !on) {
			t.Errorf("a burst %.2f s into the talk: hidden %t, heard %t", float64(from)/8000, hidden, on)
		}
	}
	t.Logf("%d of %d bursts are in the file, which has them at %v and lasts %d", len(heard), len(said), onsets(agent), len(agent))
	if v := r.recording(admin, c.Recording.ID); len(v.Gaps) != 0 {
		t.Errorf("gaps: %+v", v.Gaps)
	}
}

// Beside an Asterisk that somebody else configures no phone is given that could never register.
func TestNoDeskPhoneIsGivenBesideSomebodyElsesAsterisk(t *testing.T) {
	t.Parallel()
	r := openRig(t, rigOptions{change: []func(*Config){func(c *Config) { c.TrunkFile = "" }}})
	admin := r.somebody("administrator")
	err := admin.Do(context.Background(), http.MethodPost, "/desk-phones", map[string]any{"user": admin.ID}, nil)
	if err == nil || !strings.Contains(err.Error(), "asterisk_not_ours") {
		t.Errorf("a phone is given: %v", err)
	}
}
