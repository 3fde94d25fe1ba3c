package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	templates "ringbook/deploy/asterisk"
)

// asteriskConfigCommand prints what an Asterisk that runs already needs.
type asteriskConfigCommand struct {
	FreePBX  bool     `help:"For FreePBX: its *_custom.conf files instead of those that it writes itself." name:"freepbx"`
	Etc      string   `help:"Asterisk's configuration folder." default:"/etc/asterisk" type:"path"`
	Context  string   `help:"The context that your provider's calls come to." default:"from-provider"`
	Number   []string `help:"A number whose calls Ringbook takes, as your provider writes it; may be given again."`
	Fallback string   `help:"Who is rung while Ringbook is away: a dial string, as PJSIP/100; empty for a voicemail only."`
}

// Help says how it is used.
func (asteriskConfigCommand) Help() string {
	return `Each part of the output names a file and what becomes of it: "a new file" or "add at the end". The files hold the ARI
password, so print them where nobody else reads. Nothing outside of Ringbook's own contexts, ARI user and application is changed.
Afterwards ringbook doctor says what is missing.`
}

// fitting is one file of an Asterisk and what becomes of it.
type fitting struct{ file, does, text string }

const (
	newFile = "a new file"
	atEnd   = "add at the end"
)

// Run prints.
func (c asteriskConfigCommand) Run(_ context.Context, env *environment) error {
	if env.ARIPassword == "" {
		return fmt.Errorf("RINGBOOK_ARI_PASSWORD is not set: run ringbook setup first")
	}
	list, err := c.fittings(env.Config)
	if err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("# How this Asterisk is joined to Ringbook. Asterisk must be " + supportedText() + ".\n")
	for _, f := range list {
		fmt.Fprintf(&b, "\n## %s: %s\n%s", filepath.Join(c.Etc, f.file), f.does, f.text)
	}
	b.WriteString("\n## Then\n")
	for _, line := range []string{"module reload res_websocket_client.so", "module reload res_ari.so", "dialplan reload"} {
		fmt.Fprintf(&b, "asterisk -rx '%s'\n", line)
	}
	b.WriteString("ringbook doctor\n" + c.notes(env.Config))
	_, err = fmt.Fprint(env.stdout, b.String())
	return err
}

// fittings are the files, filled in from the templates that our own Asterisk has as well.
func (c asteriskConfigCommand) fittings(config Config) ([]fitting, error) {
	values := map[string]string{"APP": config.ARIApp, "ARI_USER": config.ARIUser, "ARI_PASSWORD": config.ARIPassword,
		"WEBSOCKET": "ws://" + config.LocalListen + "/ari", "FALLBACK": c.Fallback, "VOICEMAIL": "${ASTSPOOLDIR}/ringbook"}
	var list []fitting
	for _, name := range []string{"ari_general", "ari", "websocket_client", "extensions"} {
		text, err := templates.Fill(name+"_ringbook.conf", values)
		if err != nil {
			return nil, err
		}
		if name == "ari_general" {
			text = joinVariables(text, c.foreignVariables())
		}
		list = append(list, fitting{name + "_ringbook.conf", newFile, text})
	}
	include := func(name string) string { return "#include " + name + "_ringbook.conf\n" }
	if c.FreePBX {
		list = append(list, fitting{"ari_general_custom.conf", atEnd, include("ari_general")}, fitting{"ari_additional_custom.conf", atEnd, include("ari")},
			fitting{"extensions_custom.conf", atEnd, include("extensions")})
	} else {
		list = append(list, fitting{"ari.conf", atEnd, "[general](+)\nenabled = yes\n" + include("ari_general") + include("ari")},
			fitting{"extensions.conf", atEnd, include("extensions") + c.route()})
	}
	return append(list, fitting{"websocket_client.conf", atEnd, include("websocket_client")}), nil
}

// route leads the numbers to us. In FreePBX that is a matter of its screens.
func (c asteriskConfigCommand) route() string {
	if len(c.Number) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n[%s]\n", c.Context)
	for _, n := range c.Number {
		fmt.Fprintf(&b, "exten => %s,1,Goto(ringbook-inbound,${EXTEN},1)\n", n)
	}
	return b.String()
}

func (c asteriskConfigCommand) notes(config Config) string {
	lines := []string{"The files with passwords belong to root and Asterisk's group, mode 0640: ari_ringbook.conf, websocket_client_ringbook.conf.",
		"Clients are dialled through the endpoint PJSIP/" + config.endpoint() + " (RINGBOOK_TRUNK_ENDPOINT).",
		"Asterisk reaches Ringbook at " + config.LocalListen + " (TCP) and sends sound to " + config.RTPListen + " (UDP); Ringbook reaches it at " + config.ARIURL + ".",
		"Calls of the fallback are read back when RINGBOOK_CDR_FILE names a Master.csv with usegmtime, loguniqueid and loguserfield on."}
	switch {
	case c.FreePBX:
		lines = append(lines, "Advanced Settings: Enable the Asterisk REST Interface. Admin, Custom Destinations: ringbook-inbound,s,1. Inbound Routes: lead Ringbook's numbers there, then Apply Config.")
	case len(c.Number) == 0:
		lines = append(lines, "Lead a number to Ringbook where its calls come in: Goto(ringbook-inbound,${EXTEN},1); --number and --context print the lines.")
	}
	return "\n## To know\n" + strings.Join(lines, "\n") + "\n"
}

// foreignVariables are what the configuration of this machine's Asterisk has events carry already: a second line of
// channelvars takes the place of the first.
func (c asteriskConfigCommand) foreignVariables() (all []string) {
	files, _ := filepath.Glob(filepath.Join(c.Etc, "ari*.conf"))
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil || strings.HasSuffix(file, "_ringbook.conf") {
			continue
		}
		for _, line := range strings.Split(string(text), "\n") {
			key, value, _ := strings.Cut(line, "=")
			if strings.TrimSpace(key) == "channelvars" {
				value, _, _ = strings.Cut(value, ";")
				all = append(all, strings.FieldsFunc(strings.TrimPrefix(value, ">"), func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })...)
			}
		}
	}
	return all
}

func joinVariables(text string, more []string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		key, value, _ := strings.Cut(line, " = ")
		if key != "channelvars" {
			continue
		}
		names := strings.Split(value, ",")
		for _, name := range more {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		lines[i] = key + " = " + strings.Join(names, ",")
	}
	return strings.Join(lines, "\n")
}
