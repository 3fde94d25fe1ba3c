package main

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// finish starts what was set up and says what is left to do.
func (s *setup) finish(ctx context.Context, a answers) error {
	data := s.file.get("RINGBOOK_DATA")
	if err := os.WriteFile(filepath.Join(data, setUp), []byte("By ringbook setup: without this file the services do not start.\n"), 0o644); err != nil {
		return fmt.Errorf("note that everything is set up: %w", err)
	}
	if err := s.giveAway(filepath.Join(data, setUp)); err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\nSettings: %s", s.file.path)
	if n := len(s.file.changed); n > 0 {
		fmt.Fprintf(&b, " (%d written)", n)
	} else {
		b.WriteString(" (as they were)")
	}
	fmt.Fprintf(&b, "\nOpen %s and log in as %s", s.file.get("RINGBOOK_PUBLIC_URL"), a.email)
	if a.generated {
		fmt.Fprintf(&b, " with the password %s", a.password)
	}
	b.WriteString("\n")
	if names := s.file.get("RINGBOOK_TLS_DOMAIN"); names != "" {
		fmt.Fprintf(&b, "The certificate of %s is fetched by ACME from %s when Ringbook starts, to whose terms you agree with it. The name must lead here, and ports 80 and 443 be open to everybody.\n",
			names, cmp.Or(s.file.get("RINGBOOK_TLS_ACME"), s.env.TLSACME))
	} else if ca := s.file.get("RINGBOOK_CA_FILE"); ca != "" {
		b.WriteString("The certificate is of a local authority: the login page offers it, each machine must trust it once.\n")
	}
	b.WriteString(s.firewall(a))
	if a.recordings == onDisk {
		b.WriteString(hoursLeft(data))
	}
	if a.asterisk != ownAsterisk {
		b.WriteString("Join your Asterisk: ringbook asterisk-config says what to put where (with --freepbx for a FreePBX).\n")
	}
	started, err := s.start(ctx, a)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(s.env.stdout, b.String()+started)
	return err
}

// firewall names the ports that others must reach.
func (s *setup) firewall(a answers) string {
	_, web, _ := net.SplitHostPort(s.file.get("RINGBOOK_LISTEN"))
	_, secure, _ := net.SplitHostPort(s.file.get("RINGBOOK_LISTEN_TLS"))
	_, media, _ := net.SplitHostPort(s.file.get("RINGBOOK_MEDIA_LISTEN"))
	lines := []string{"people: " + web + "/tcp, " + secure + "/tcp (web), " + media + "/udp, " + media + "/tcp (sound)"}
	if a.asterisk == ownAsterisk {
		lines = append(lines, "your provider's addresses only: 5060/udp, 5060/tcp, 5061/tcp (SIP), 16000-16999/udp (sound)")
	} else if _, local, _ := net.SplitHostPort(s.file.get("RINGBOOK_LOCAL_LISTEN")); !strings.HasPrefix(s.file.get("RINGBOOK_LOCAL_LISTEN"), "127.") {
		_, rtp, _ := net.SplitHostPort(s.file.get("RINGBOOK_RTP_LISTEN"))
		lines = append(lines, "your Asterisk only: "+local+"/tcp, "+rtp+"/udp")
	}
	return "Open in the firewall, for " + strings.Join(lines, "; for ") + "\n"
}

// hoursLeft says how much talk the disk takes.
func hoursLeft(dir string) string {
	free, _, err := diskOf(dir)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("The disk has room for about %d hours of talk (57.6 MB an hour).\n", free/audioHour)
}

// start enables and starts the services under systemd; what runs already and was changed is started again. Asterisk is left
// alone while it runs, because it carries the calls.
func (s *setup) start(ctx context.Context, a answers) (string, error) {
	var units, spare []string
	for unit, needed := range map[string]bool{"ringbook.service": true, "ringbook-store.service": a.recordings == onDisk, "ringbook-asterisk.service": a.asterisk == ownAsterisk} {
		if needed {
			units = append(units, unit)
		} else {
			spare = append(spare, unit)
		}
	}
	slices.Sort(units)
	slices.Sort(spare)
	if _, err := os.Stat("/run/systemd/system"); err != nil || !s.Start || os.Geteuid() != 0 {
		return "Start it: systemctl enable --now " + strings.Join(units, " ") + "\n", nil
	}
	if len(s.file.changed) > 0 {
		if err := systemctl(ctx, "try-restart", "ringbook.service"); err != nil { // calls stay in Asterisk meanwhile
			return "", err
		}
	}
	if err := systemctl(ctx, append([]string{"enable", "--now"}, units...)...); err != nil {
		return "", err
	}
	told := ""
	for _, unit := range spare {
		if systemctl(ctx, "is-enabled", "--quiet", unit) != nil {
			continue
		}
		if err := systemctl(ctx, "disable", unit); err != nil {
			return "", err
		}
		told += "No longer needed: systemctl stop " + unit + ", once nothing uses it\n"
	}
	return told + "Started: " + strings.Join(units, " ") + "\n", nil
}

func systemctl(ctx context.Context, args ...string) error {
	if out, err := exec.CommandContext(ctx, "systemctl", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("systemctl %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(string(out)))
	}
	return nil
}
