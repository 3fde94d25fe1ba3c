package softphone

import (
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // what coturn wants
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"time"

	"github.com/pion/stun/v4"
	"github.com/pion/turn/v5"
)

// RelayFor is how long a browser's credentials for the relay are good: longer than a shift, since some relays look at them again
// at each refresh.
const RelayFor = 12 * time.Hour

// Relay is a TURN server (RFC 8656) for browsers whose network lets neither UDP nor TCP through to our own port.
type Relay struct {
	URLs           []string // as turn:turn.example.com:3478 or turns:turn.example.com:443?transport=tcp
	Secret         string   // shared with the server (coturn's static-auth-secret): each browser gets credentials of its own, for a while
	User, Password string   // in place of a secret
}

// ICEServer is a relay with credentials, in the words of a browser's RTCPeerConnection.
type ICEServer struct {
	URLs       []string `json:"urls"`
	Username   string   `json:"username,omitempty"`
	Credential string   `json:"credential,omitempty"`
}

// Check says what is wrong with the setting; nil for no relay at all.
func (r Relay) Check() error {
	if len(r.URLs) > 0 && r.Secret == "" && (r.User == "" || r.Password == "") {
		return errors.New("a relay needs a secret, or a user and a password")
	}
	for _, u := range r.URLs {
		uri, err := stun.ParseURI(u)
		if err != nil {
			return fmt.Errorf("%q is no address of a relay: %w", u, err)
		}
		if uri.Scheme != stun.SchemeTypeTURN && uri.Scheme != stun.SchemeTypeTURNS {
			return fmt.Errorf("%q is no address of a relay: neither turn: nor turns: stands before it", u)
		}
	}
	return nil
}

// For gives what a person's browser needs to use the relay; empty without one. Credentials made of the secret are
// draft-uberti-behave-turn-rest: the name says when they end, the password proves the name.
func (r Relay) For(person string, now time.Time) []ICEServer {
	if len(r.URLs) == 0 {
		return []ICEServer{}
	}
	s := ICEServer{URLs: slices.Clone(r.URLs), Username: r.User, Credential: r.Password}
	if r.Secret != "" {
		s.Username = strconv.FormatInt(now.Add(RelayFor).Unix(), 10) + ":" + person
		sum := hmac.New(sha1.New, []byte(r.Secret))
		sum.Write([]byte(s.Username)) // never fails
		s.Credential = base64.StdEncoding.EncodeToString(sum.Sum(nil))
	}
	return []ICEServer{s}
}

// Try asks the relay at one of its addresses for a place, as a browser does, and gives the address of that place.
func (r Relay) Try(ctx context.Context, url string) (string, error) {
	uri, err := stun.ParseURI(url)
	if err != nil {
		return "", fmt.Errorf("read the address %q: %w", url, err)
	}
	conn, err := dialRelay(ctx, uri)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close() }()
	as := r.For("doctor", time.Now())[0]
	at := net.JoinHostPort(uri.Host, strconv.Itoa(uri.Port))
	client, err := turn.NewClient(&turn.ClientConfig{TURNServerAddr: at, Username: as.Username, Password: as.Credential, Conn: conn,
		RequestedAddressFamily: turn.RequestedAddressFamilyIPv4}) // as browsers do
	if err != nil {
		return "", fmt.Errorf("ask the relay: %w", err)
	}
	defer client.Close()
	if err := client.Listen(); err != nil {
		return "", fmt.Errorf("ask the relay: %w", err)
	}
	place, err := client.AllocateWithContext(ctx)
	if err != nil {
		return "", fmt.Errorf("ask the relay: %w", err)
	}
	defer func() { _ = place.Close() }()
	return place.LocalAddr().String(), nil
}

// dialRelay opens the way that the address names: UDP, TCP, or TLS over TCP.
func dialRelay(ctx context.Context, uri *stun.URI) (net.PacketConn, error) {
	at := net.JoinHostPort(uri.Host, strconv.Itoa(uri.Port))
	switch {
	case uri.Scheme == stun.SchemeTypeTURNS && uri.Proto == stun.ProtoTypeTCP:
		dialer := tls.Dialer{Config: &tls.Config{ServerName: uri.Host, MinVersion: tls.VersionTLS12}}
		conn, err := dialer.DialContext(ctx, "tcp", at)
		if err != nil {
			return nil, fmt.Errorf("reach the relay by TLS: %w", err)
		}
		return turn.NewSTUNConn(conn), nil
	case uri.Scheme == stun.SchemeTypeTURNS:
		return nil, errors.New("reach the relay: turns: by UDP is known to no browser; add ?transport=tcp")
	case uri.Proto == stun.ProtoTypeTCP:
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", at)
		if err != nil {
			return nil, fmt.Errorf("reach the relay by TCP: %w", err)
		}
		return turn.NewSTUNConn(conn), nil
	}
	to, err := net.ResolveUDPAddr("udp", at)
	if err != nil {
		return nil, fmt.Errorf("reach the relay by UDP: %w", err)
	}
	network := "udp4"
	if to.IP.To4() == nil {
		network = "udp6"
	}
	conn, err := (&net.ListenConfig{}).ListenPacket(ctx, network, ":0")
	if err != nil {
		return nil, fmt.Errorf("reach the relay by UDP: %w", err)
	}
	return conn, nil
}
