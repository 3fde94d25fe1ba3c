package bucket

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"

	"github.com/versity/versitygw/backend"
	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
	"github.com/versity/versitygw/s3response"
)

// Options are what a store of our own is made from.
type Options struct {
	Listen    string // host:port
	Dir       string // made if it is not there
	AccessKey string
	SecretKey string
	Region    string // us-east-1 when empty
}

// HealthPath answers 200 to a GET without credentials once the store serves.
const HealthPath = "/healthz"

var serving atomic.Bool

// Serve serves S3 from a folder until the context ends. One process can serve one store at a time, and should do nothing else:
// versitygw makes the folder the working directory of the process.
func Serve(ctx context.Context, o Options) error {
	if !serving.CompareAndSwap(false, true) {
		return errors.New("opening the store: this process serves one already")
	}
	defer serving.Store(false)
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return fmt.Errorf("opening the store: %w", err)
	}
	objects, notes := filepath.Join(dir, "objects"), filepath.Join(dir, "meta")
	for _, dir := range []string{objects, notes} {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return fmt.Errorf("opening the store: %w", err)
		}
	}
	side, err := meta.NewSideCar(notes)
	if err != nil {
		return fmt.Errorf("opening the store's notes: %w", err)
	}
	opts := posix.PosixOpts{SideCarDir: notes, Concurrency: 64}
	opts.SetNewDirPerm(0o750)
	opts.SetNewFilePerm(0o640)
	files, err := posix.New(objects, side, opts)
	if err != nil {
		return fmt.Errorf("opening the store's folder: %w", err)
	}
	defer files.Shutdown()
	err = embedgw.RunVersityGW(ctx, durable{files, objects, notes}, &embedgw.Config{RootUserAccess: o.AccessKey, RootUserSecret: o.SecretKey,
		Region: o.Region, Ports: []string{o.Listen}, MaxConnections: 1024, MaxRequests: 512, MultipartMaxParts: 10_000,
		Quiet: true, KeepAlive: true, HealthPath: HealthPath, DisableACLs: true})
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("serving the store on %s: %w", o.Listen, err)
	}
	return nil
}

// durable answers a PUT only when the object has reached the disk: versitygw leaves that to the kernel, but once we have been told
// that a recording is kept, its spool file goes.
type durable struct {
	backend.Backend
	objects, notes string
}

// PutObject implements [backend.Backend].
func (d durable) PutObject(ctx context.Context, in s3response.PutObjectInput) (s3response.PutObjectOutput, error) {
	out, err := d.Backend.PutObject(ctx, in)
	if err != nil || in.Bucket == nil || in.Key == nil {
		return out, err
	}
	object := filepath.Join(d.objects, *in.Bucket, *in.Key)
	paths := []string{object}
	for dir := filepath.Dir(object); len(dir) >= len(d.objects); dir = filepath.Dir(dir) {
		paths = append(paths, dir)
	}
	notes := filepath.Join(d.notes, *in.Bucket, *in.Key)
	err = filepath.WalkDir(notes, func(path string, _ fs.DirEntry, err error) error {
		paths = append(paths, path)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return out, fmt.Errorf("keeping the notes of an object: %w", err)
	}
	for dir := filepath.Dir(notes); len(dir) >= len(d.notes); dir = filepath.Dir(dir) {
		paths = append(paths, dir)
	}
	for _, path := range paths {
		if err := flush(path); err != nil {
			return out, fmt.Errorf("keeping an object: %w", err)
		}
	}
	return out, nil
}

func flush(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // replaced or deleted by somebody else meanwhile
	}
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
