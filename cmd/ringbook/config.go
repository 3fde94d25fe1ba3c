package main

import (
	"cmp"
	"log/slog"
	"path/filepath"

	"ringbook/crm"
	"ringbook/softphone"
)

// Config is everything that can be set. Each field is a flag and, with RINGBOOK_ before it, an environment variable.
type Config struct {
	Data        string `help:"Folder for the spool of recordings, greetings and what could not be saved." default:"./data" type:"path"`
	DatabaseURL string `help:"PostgreSQL, as postgres://user:password@host/database." default:"postgres:///ringbook" name:"database-url"`

	DiskHours uint64 `help:"Hours of talk that a disk must have room for (57.6 MB each), else /readyz warns." default:"50" name:"disk-hours"`
	SecretKey string `help:"Key of the secrets in the database, 32 bytes in base64; empty: it is kept in DATA/secret.key." name:"secret-key"`

	Listen    string `help:"Where the web app listens." default:"127.0.0.1:8080"`
	ListenTLS string `help:"Where it listens for HTTPS; empty for not at all." name:"listen-tls"`
	TLSCert   string `help:"Certificate file (PEM) for HTTPS; a new one is taken without a restart." name:"tls-cert"`
	TLSKey    string `help:"Key file (PEM) for HTTPS." name:"tls-key"`

	TLSDomain []string `help:"Names whose certificates are fetched and renewed by ACME; to set one is to agree to the authority's terms." name:"tls-domain"`
	TLSEmail  string   `help:"Address that the authority may write to." name:"tls-email"`
	TLSACME   string   `help:"Directory of the ACME authority." default:"https://acme-v02.api.letsencrypt.org/directory" name:"tls-acme"`
	TLSACMECA string   `help:"Certificate file (PEM) that the authority's own HTTPS is checked by; empty for those of the system." name:"tls-acme-ca"`

	CAFile      string `help:"Certificate of a local authority, offered on the login page." name:"ca-file"`
	PublicURL   string `help:"The address that people open, as https://ringbook.example." name:"public-url"`
	LocalListen string `help:"Where Asterisk's websocket and /metrics listen; keep it local." default:"127.0.0.1:8082" name:"local-listen"`

	ARIURL        string `help:"Asterisk's ARI." default:"http://127.0.0.1:8088/ari" name:"ari-url"`
	ARIUser       string `help:"ARI user, also of Asterisk's websocket to us." default:"ringbook" name:"ari-user"`
	ARIPassword   string `help:"ARI password, also of Asterisk's websocket to us." name:"ari-password"`
	ARIApp        string `help:"Name of the Stasis application." default:"ringbook" name:"ari-app"`
	Trunk         string `help:"SIP URI of the outside world, the PJSIP endpoint trunk of our own Asterisk." default:""`
	TrunkEndpoint string `help:"PJSIP endpoint of Asterisk's own configuration that clients are dialled through." default:"trunk" name:"trunk-endpoint"`
	TrunkFile     string `help:"What pjsip.conf includes for the trunks that are set in Ringbook; empty when Asterisk is somebody else's to configure." name:"trunk-file"`
	PhonePort     int    `help:"Where desk phones register, by UDP and TCP; Asterisk listens there." default:"5070" name:"phone-port"`
	AsteriskLog   string `help:"Asterisk's log, which alone says why a registration was refused." name:"asterisk-log"`
	CDRFile       string `help:"Asterisk's Master.csv, from which calls of the fallback are read back." name:"cdr-file"`
	Law           string `help:"Codec of the trunk: alaw or ulaw." default:"alaw" enum:"alaw,ulaw"`

	RTPListen    string   `help:"UDP socket for Asterisk's legs." default:"127.0.0.1:8087" name:"rtp-listen"`
	MediaListen  string   `help:"UDP and TCP port for browsers' sound." default:"0.0.0.0:8088" name:"media-listen"`
	MediaAddress []string `help:"IP addresses that browsers reach that port at, the word own for all of this machine's; empty is own." name:"media-address"`

	TURN         []string `help:"TURN relay for browsers that reach that port neither by UDP nor by TCP, as turns:turn.example.com:443?transport=tcp." name:"turn"`
	TURNSecret   string   `help:"Secret shared with the relay (coturn's static-auth-secret); browsers get credentials for a shift." name:"turn-secret"`
	TURNUser     string   `help:"User of the relay, in place of a secret." name:"turn-user"`
	TURNPassword string   `help:"Password of that user; every agent's browser is told it." name:"turn-password"`

	S3Endpoint  string `help:"S3, as http://127.0.0.1:8084." default:"http://127.0.0.1:8084" name:"s3-endpoint" env:"RINGBOOK_S3_ENDPOINT"`
	S3Bucket    string `help:"Bucket for recordings." default:"ringbook" name:"s3-bucket" env:"RINGBOOK_S3_BUCKET"`
	S3AccessKey string `help:"S3 access key." name:"s3-access-key" env:"RINGBOOK_S3_ACCESS_KEY"`
	S3SecretKey string `help:"S3 secret key." name:"s3-secret-key" env:"RINGBOOK_S3_SECRET_KEY"`
	S3Region    string `help:"S3 region." default:"us-east-1" name:"s3-region" env:"RINGBOOK_S3_REGION"`

	Demo            bool   `help:"Show what belongs to a demonstration: the button that rings you." hidden:""`
	TownARIURL      string `help:"ARI of the town, the outside world of a demonstration." name:"town-ari-url"`
	TownARIUser     string `help:"ARI user of the town." default:"town" name:"town-ari-user"`
	TownARIPassword string `help:"ARI password of the town." name:"town-ari-password"`

	LogLevel slog.Level `help:"debug, info, warn or error." default:"info" name:"log-level"`
}

// spool is where recordings wait for their bucket.
func (c Config) spool() string { return filepath.Join(c.Data, "spool") }

// greetings is where uploaded greetings are kept for Asterisk.
func (c Config) greetings() string { return filepath.Join(c.Data, "greetings") }

// relay is where browsers' sound goes when it cannot come to us.
func (c Config) relay() softphone.Relay {
	return softphone.Relay{URLs: c.TURN, Secret: c.TURNSecret, User: c.TURNUser, Password: c.TURNPassword}
}

// endpoint is the name of the endpoint that clients are dialled through.
func (c Config) endpoint() string { return cmp.Or(c.TrunkEndpoint, "trunk") }

// sealer keeps the secrets that stand in the database. Everything that reads one must have the same key.
func (c Config) sealer() (*crm.Sealer, error) {
	return crm.OpenSealer(c.SecretKey, filepath.Join(c.Data, "secret.key"))
}
