package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"ringbook/crm/postgres"
	"ringbook/softphone"
)

const (
	leastSpace = 200 << 20 // bytes: three and a half hours of sound
	mostSkew   = 2 * time.Second
)

// spool must take files, and have room for them.
func (d doctor) spool(context.Context) (string, error) {
	const remedy = "Make RINGBOOK_DATA a folder that this user may write"
	dir := d.Config.spool()
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return "", broken(remedy, "%s cannot be made: %v", dir, err)
	}
	var disk syscall.Statfs_t
	if err := syscall.Statfs(dir, &disk); err != nil {
		return "", broken(remedy, "%s cannot be looked at: %v", dir, err)
	}
	free := disk.Bavail * uint64(disk.Bsize)
	if free < leastSpace {
		return "", broken("Free some space, or set RINGBOOK_DATA to a larger disk: calls go on without their recordings when it is full",
			"%s has %d MB left, %d MB are needed", dir, free>>20, leastSpace>>20)
	}
	probe, err := os.CreateTemp(dir, ".doctor-")
	if err != nil {
		return "", broken(remedy, "nothing can be written to %s: %v", dir, err)
	}
	_, err = probe.Write(make([]byte, 64<<10))
	err = errors.Join(err, probe.Sync(), probe.Close(), os.Remove(probe.Name()))
	if err != nil {
		return "", broken(remedy, "nothing can be written to %s: %v", dir, err)
	}
	return fmt.Sprintf("%s, %d GB free", dir, free>>30), nil
}

// ports must be free, or held by our own server.
func (d doctor) ports(context.Context) (string, error) {
	if d.away == nil {
		return fmt.Sprintf("held by our own server, process %d", d.self.PID), nil
	}
	for _, p := range []struct{ network, addr, variable string }{
		{"tcp", d.Listen, "LISTEN"}, {"tcp", d.ListenTLS, "LISTEN_TLS"}, {"tcp", d.LocalListen, "LOCAL_LISTEN"},
		{"udp", d.RTPListen, "RTP_LISTEN"}, {"udp", d.MediaListen, "MEDIA_LISTEN"}, {"tcp", d.MediaListen, "MEDIA_LISTEN"},
	} {
		if p.addr == "" {
			continue
		}
		var held io.Closer
		var err error
		if p.network == "tcp" {
			held, err = net.Listen(p.network, p.addr)
		} else {
			held, err = net.ListenPacket(p.network, p.addr)
		}
		if errors.Is(err, syscall.EADDRINUSE) {
			return "", broken("Stop what uses it (ss -lnp shows it), or set RINGBOOK_"+p.variable+" to another port", "%s (%s) is taken by somebody else", p.addr, p.network)
		}
		if err != nil {
			return "", broken("Set RINGBOOK_"+p.variable+" to an address of this machine and a port that this user may open", "%s (%s) cannot be opened: %v", p.addr, p.network, err)
		}
		_ = held.Close()
	}
	return "all free", nil
}

func (d doctor) openDatabase(ctx context.Context) (*pgxpool.Pool, error) {
	pool, err := postgres.Open(ctx, d.DatabaseURL)
	if err != nil {
		return nil, broken("Start PostgreSQL, or correct RINGBOOK_DATABASE_URL", "PostgreSQL does not answer: %v", err)
	}
	return pool, nil
}

// database must answer and have our schema.
func (d doctor) database(ctx context.Context) (string, error) {
	pool, err := d.openDatabase(ctx)
	if err != nil {
		return "", err
	}
	defer pool.Close()
	var number int
	if err := pool.QueryRow(ctx, "select current_setting('server_version_num')::int").Scan(&number); err != nil {
		return "", broken("Look into PostgreSQL's log", "it does not say its version: %v", err)
	}
	if number < 150000 {
		return "", broken("Move to PostgreSQL 15 or newer", "PostgreSQL %d is too old", number/10000)
	}
	missing, foreign, err := postgres.Pending(ctx, pool)
	switch {
	case err != nil:
		return "", broken("Let the user of RINGBOOK_DATABASE_URL own the database", "the schema cannot be read: %v", err)
	case foreign > 0:
		return "", broken("Run that version, or restore a backup of this one", "a newer version has migrated it: %d migrations are not known here", foreign)
	case missing > 0:
		return "", broken("Run ringbook migrate", "%d migrations are missing", missing)
	}
	return fmt.Sprintf("PostgreSQL %d, schema up to date", number/10000), nil
}

// bucket must take, give back and forget an object.
func (d doctor) bucket(ctx context.Context) (string, error) {
	remedy := "Start ringbook store, or correct RINGBOOK_S3_ENDPOINT"
	objects, err := d.openBucket()
	if err != nil {
		return "", broken(remedy, "%v", err)
	}
	if err := objects.EnsureBucket(ctx); err != nil {
		if !errors.Is(err, syscall.ECONNREFUSED) {
			remedy = "Correct RINGBOOK_S3_ENDPOINT, RINGBOOK_S3_BUCKET, RINGBOOK_S3_ACCESS_KEY and RINGBOOK_S3_SECRET_KEY"
		}
		return "", broken(remedy, "S3 at %s does not serve us: %v", d.S3Endpoint, err)
	}
	text := []byte("ringbook doctor " + rand.Text())
	sum := sha256.Sum256(text)
	path := filepath.Join(os.TempDir(), "ringbook-doctor-"+rand.Text())
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return "", broken("Make "+os.TempDir()+" writable", "the probe cannot be written: %v", err)
	}
	defer func() { _ = os.Remove(path) }()
	key := "doctor/" + filepath.Base(path)
	remedy = "Give the key the rights to put, get and delete objects of " + d.S3Bucket + ", and the store free disk space"
	if err := objects.Put(ctx, key, path, hex.EncodeToString(sum[:])); err != nil {
		return "", broken(remedy, "an object cannot be written: %v", err)
	}
	body, err := objects.Get(ctx, key, 0, -1)
	if err != nil {
		return "", broken(remedy, "what was written cannot be read: %v", err)
	}
	back, err := io.ReadAll(body)
	_ = body.Close()
	if err != nil || string(back) != string(text) {
		return "", broken(remedy, "something else came back than was written (%v)", err)
	}
	if err := objects.Delete(ctx, key); err != nil {
		return "", broken(remedy, "an object cannot be deleted: %v", err)
	}
	return fmt.Sprintf("%s of %s: written, read, deleted", d.S3Bucket, d.S3Endpoint), nil
}

// clock compares PostgreSQL's and Asterisk's with ours.
func (d doctor) clock(ctx context.Context) (string, error) {
	const remedy = "Let both machines keep time by NTP (chrony or systemd-timesyncd)"
	var seen []string
	if pool, err := d.openDatabase(ctx); err == nil {
		defer pool.Close()
		var theirs time.Time
		begun := time.Now()
		if err := pool.QueryRow(ctx, "select clock_timestamp()").Scan(&theirs); err == nil {
			took := time.Since(begun)
			skew := theirs.Sub(begun.Add(took / 2))
			if skew.Abs() > mostSkew+took/2 {
				return "", broken(remedy, "PostgreSQL's clock differs from ours by %s", skew.Round(100*time.Millisecond))
			}
			seen = append(seen, "PostgreSQL's")
		}
	}
	if i, err := d.inspect(); err == nil && !i.Clock.IsZero() {
		skew := i.Clock.Add(500 * time.Millisecond).Sub(i.Asked) // cut off to whole seconds
		if skew.Abs() > mostSkew+500*time.Millisecond {
			return "", broken(remedy, "Asterisk's clock differs from ours by %s", skew.Round(time.Second))
		}
		seen = append(seen, "Asterisk's")
	}
	if len(seen) == 0 {
		return "", broken("Mend the parts database and asterisk first", "there is no clock to compare with")
	}
	return strings.Join(seen, " and ") + " within 2 s of ours", nil
}

// sound needs addresses that browsers and Asterisk can send to.
func (d doctor) sound(context.Context) (string, error) {
	for variable, addr := range map[string]string{"RTP_LISTEN": d.RTPListen, "MEDIA_LISTEN": d.MediaListen} {
		if _, err := netip.ParseAddrPort(addr); err != nil {
			return "", broken("Set RINGBOOK_"+variable+" to an IP address and a port, as 127.0.0.1:8087", "%q is no address for sound", addr)
		}
	}
	for _, addr := range d.MediaAddress {
		if addr == softphone.Own {
			continue
		}
		if ip, err := netip.ParseAddr(addr); err != nil || ip.IsUnspecified() {
			return "", broken("Set RINGBOOK_MEDIA_ADDRESS to IP addresses that browsers reach", "%q is no IP address", addr)
		}
	}
	told := "all addresses of this machine"
	if len(d.MediaAddress) > 0 {
		told = strings.Join(d.MediaAddress, ", ")
	}
	return d.Law + "; browsers send to " + told, nil
}

// relay must take a browser that has the credentials that we give.
func (d doctor) relay(ctx context.Context) (string, error) {
	r := d.Config.relay()
	if len(r.URLs) == 0 {
		return "none is set; agents need UDP or TCP to the port of sound", nil
	}
	if err := r.Check(); err != nil {
		return "", broken("Set RINGBOOK_TURN to addresses as turns:turn.example.com:443?transport=tcp, and RINGBOOK_TURN_SECRET", "%v", err)
	}
	places := make([]string, len(r.URLs))
	var all errgroup.Group
	for i, url := range r.URLs {
		all.Go(func() error {
			place, err := r.Try(ctx, url)
			if err != nil {
				return broken(relayRemedy(err), "%s gives no place: %v", url, err)
			}
			places[i] = url + " by way of " + place
			return nil
		})
	}
	if err := all.Wait(); err != nil {
		return "", err
	}
	return strings.Join(places, ", "), nil
}

// relayRemedy is what to do about a relay that refuses.
func relayRemedy(err error) string {
	text := err.Error()
	switch {
	case strings.Contains(text, "401"), strings.Contains(text, "Unauthorized"):
		return "Give RINGBOOK_TURN_SECRET the value of the relay's static-auth-secret (coturn also needs use-auth-secret), and let both machines keep time"
	case strings.Contains(text, "certificate"), strings.Contains(text, "x509"):
		return "Give the relay a certificate that browsers trust, for the name in RINGBOOK_TURN"
	}
	return "Start the relay, open its port to everybody, and let RINGBOOK_TURN name it"
}
