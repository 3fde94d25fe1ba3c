package access

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"
	"image/png"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"
)

// One-time codes after RFC 6238 with what every authenticator takes: SHA-1, six digits, 30 seconds. The clocks may differ
// by one step.
const (
	codeSeconds   = 30
	codeSkew      = 1
	secretBytes   = 20
	recoveryCodes = 10
	recoveryBytes = 10
	pendingLasts  = 15 * time.Minute // how long a secret that was shown waits for its first code
	qrSize        = 232
)

var errNoKey = errors.New("no secret key is set, so that a second step cannot be kept")

// SecondStep is how a person's second step of the login stands.
type SecondStep struct {
	On       bool       `json:"on"`
	Since    *time.Time `json:"since"`
	Required bool       `json:"required" doc:"The company requires it of the person's role"`
	Codes    int        `json:"codes" doc:"Recovery codes that are left"`
}

// NewSecondStep is a secret to be put into an authenticator; it counts once a code of it was sent.
type NewSecondStep struct {
	Secret string `json:"secret" doc:"Base32, to be typed"`
	URI    string `json:"uri" doc:"otpauth://, for the authenticator on this device"`
	QR     string `json:"qr" doc:"The same as a picture: data:image/png"`
}

// RecoveryCodes open the second step once each. They are shown only here.
type RecoveryCodes struct {
	Codes []string `json:"codes"`
}

// sealedFor names the place of a person's secret for the sealer.
func sealedFor(user string) string { return "second_steps/" + user }

// newSecret makes a secret for the e-mail, and what shows it.
func newSecret(issuer, email string) ([]byte, NewSecondStep, error) {
	if issuer == "" {
		issuer = "Ringbook"
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: strings.ReplaceAll(issuer, ":", " "), AccountName: email, Period: codeSeconds, SecretSize: secretBytes})
	if err != nil {
		return nil, NewSecondStep{}, fmt.Errorf("making a secret: %w", err)
	}
	image, err := key.Image(qrSize, qrSize)
	if err != nil {
		return nil, NewSecondStep{}, fmt.Errorf("drawing a secret: %w", err)
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, image); err != nil {
		return nil, NewSecondStep{}, fmt.Errorf("drawing a secret: %w", err)
	}
	shown := NewSecondStep{Secret: key.Secret(), URI: key.URL(), QR: "data:image/png;base64," + base64.StdEncoding.EncodeToString(picture.Bytes())}
	return []byte(key.Secret()), shown, nil
}

// stepOf finds the step whose code was typed, near now and after the last one that was taken; 0 when there is none.
func stepOf(secret []byte, code string, now time.Time, last int64) int64 {
	here := now.Unix() / codeSeconds
	for step := here - codeSkew; step <= here+codeSkew; step++ {
		if step <= last {
			continue
		}
		ok, err := hotp.ValidateCustom(code, uint64(step), string(secret), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if ok && err == nil {
			return step
		}
	}
	return 0
}

// newRecoveryCodes makes codes and what is kept of them.
func newRecoveryCodes() (shown []string, kept [][]byte) {
	for range recoveryCodes {
		var b [recoveryBytes]byte
		_, _ = rand.Read(b[:]) // never fails since Go 1.24
		text := strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
		shown = append(shown, text[:4]+"-"+text[4:8]+"-"+text[8:12]+"-"+text[12:])
		kept = append(kept, recoverySum(text))
	}
	return shown, kept
}

// recoverySum is what is kept of a recovery code, however it was typed.
func recoverySum(code string) []byte {
	sum := sha256.Sum256([]byte(typed(code)))
	return sum[:]
}

// typed is a code without what people put between its signs.
func typed(code string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\u00a0' {
			return -1
		}
		return r
	}, strings.ToLower(code))
}

func (s *Store) seal(user string, secret []byte) ([]byte, error) {
	if s.sealer == nil {
		return nil, errNoKey
	}
	return s.sealer.Seal(secret, sealedFor(user))
}

func (s *Store) unseal(user string, box []byte) ([]byte, error) {
	if s.sealer == nil {
		return nil, errNoKey
	}
	secret, err := s.sealer.Open(box, sealedFor(user))
	if err != nil {
		return nil, fmt.Errorf("opening the secret of a second step: %w", err)
	}
	return secret, nil
}
