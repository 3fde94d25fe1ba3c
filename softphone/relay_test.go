package softphone_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"strconv"
	"strings"
	"testing"
	"time"

	"ringbook/softphone"
)

func TestARelaysCredentialsAreThePersonsOwnAndEnd(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	r := softphone.Relay{URLs: []string{"turns:turn.example.com:443?transport=tcp"}, Secret: "north"}
	anna, boris := r.For("anna", now)[0], r.For("boris", now)[0]
	if anna.Username != "1800043200:anna" || anna.Credential == boris.Credential {
		t.Errorf("anna gets %+v, boris %+v", anna, boris)
	}
	end, _, _ := strings.Cut(anna.Username, ":")
	if at, err := strconv.ParseInt(end, 10, 64); err != nil || time.Unix(at, 0) != now.Add(softphone.RelayFor) {
		t.Errorf("they end at %s", end)
	}
	sum := hmac.New(sha1.New, []byte("north"))
	sum.Write([]byte(anna.Username))
	if want := base64.StdEncoding.EncodeToString(sum.Sum(nil)); anna.Credential != want {
		t.Errorf("the password is %s, want %s", anna.Credential, want)
	}
	fixed := softphone.Relay{URLs: r.URLs, User: "ringbook", Password: "south"}.For("anna", now)[0]
	if fixed.Username != "ringbook" || fixed.Credential != "south" {
		t.Errorf("with a user and a password: %+v", fixed)
	}
	if none := (softphone.Relay{Secret: "north"}).For("anna", now); none == nil || len(none) != 0 {
		t.Errorf("without an address: %v", none)
	}
}

func TestARelayThatCannotServeIsNamed(t *testing.T) {
	t.Parallel()
	for want, r := range map[string]softphone.Relay{
		"":                  {URLs: []string{"turn:turn.example.com", "turns:turn.example.com:443?transport=tcp"}, Secret: "north"},
		"needs a secret":    {URLs: []string{"turn:turn.example.com"}, User: "somebody"},
		"neither turn:":     {URLs: []string{"stun:stun.example.com"}, Secret: "north"},
		"no address of a r": {URLs: []string{"turn.example.com"}, Secret: "north"},
	} {
		err := r.Check()
		if (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", r, err, want)
		}
	}
}
