// Package bucket keeps recordings in S3: the client that the jobs use, and a server of our own for those who have none.
//
//	recording.Bucket <-- S3 --HTTP--> any S3 endpoint
//	                           |
//	                           +----> Serve: versitygw over a folder (ringbook store, a process of its own)
//	                                  DIR/objects/BUCKET/KEY   the files as they are
//	                                  DIR/meta/BUCKET/KEY      their checksums and types
package bucket

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"ringbook/recording"
)

// Config says where the bucket is.
type Config struct {
	Endpoint  string // http://host:port or https://host
	Bucket    string
	AccessKey string
	SecretKey string
	Region    string // us-east-1 when empty
}

// S3 is a bucket at an S3 endpoint. It implements [recording.Bucket].
type S3 struct {
	core   minio.Core
	bucket string
	region string
}

var _ recording.Bucket = (*S3)(nil)

// Open makes a client; nothing is asked of the server yet.
func Open(c Config) (*S3, error) {
	u, err := url.Parse(c.Endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("opening the bucket: %q is no http:// or https:// endpoint", c.Endpoint)
	}
	if c.Region == "" {
		c.Region = "us-east-1"
	}
	client, err := minio.New(u.Host, &minio.Options{Creds: credentials.NewStaticV4(c.AccessKey, c.SecretKey, ""),
		Secure: u.Scheme == "https", Region: c.Region, BucketLookup: minio.BucketLookupAuto, MaxRetries: 2}) // a job that fails is run again
	if err != nil {
		return nil, fmt.Errorf("opening the bucket at %s: %w", u.Host, err)
	}
	return &S3{core: minio.Core{Client: client}, bucket: c.Bucket, region: c.Region}, nil
}

// EnsureBucket makes the bucket if it is not there.
func (s *S3) EnsureBucket(ctx context.Context) error {
	there, err := s.core.BucketExists(ctx, s.bucket)
	if err != nil {
		return fmt.Errorf("looking for bucket %s: %w", s.bucket, err)
	}
	if there {
		return nil
	}
	err = s.core.MakeBucket(ctx, s.bucket, minio.MakeBucketOptions{Region: s.region})
	if err != nil && minio.ToErrorResponse(err).Code != "BucketAlreadyOwnedByYou" {
		return fmt.Errorf("making bucket %s: %w", s.bucket, err)
	}
	return nil
}

// checksum is the header by which the server checks what it was sent (S3, "Checking object integrity"). It goes as a header and
// not as a trailer, which versitygw and buckets with object lock refuse.
const checksum = "X-Amz-Checksum-Sha256"

// Put implements [recording.Bucket]. The file goes in one request, so that the sum is that of the whole object: 5 GiB at most.
func (s *S3) Put(ctx context.Context, key, path, sum string) error {
	raw, err := hex.DecodeString(sum)
	if err != nil || len(raw) != 32 {
		return fmt.Errorf("putting recording %s: %q is no SHA-256", key, sum)
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("putting recording %s: %w", key, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("putting recording %s: %w", key, err)
	}
	_, err = s.core.Client.PutObject(ctx, s.bucket, key, f, info.Size(), minio.PutObjectOptions{ContentType: "audio/wav",
		UserMetadata: map[string]string{checksum: base64.StdEncoding.EncodeToString(raw)}, DisableMultipart: true})
	if err != nil {
		return fmt.Errorf("putting recording %s: %w", key, err)
	}
	return nil
}

// Stat implements [recording.Bucket].
func (s *S3) Stat(ctx context.Context, key string) (recording.Info, error) {
	o, err := s.core.StatObject(ctx, s.bucket, key, minio.StatObjectOptions{Checksum: true})
	if err != nil {
		return recording.Info{}, wrap("asking for recording "+key, err)
	}
	info := recording.Info{Size: o.Size, At: o.LastModified}
	// A sum of sums, from a multipart upload by somebody else, is no sum of the object.
	if raw, err := base64.StdEncoding.DecodeString(o.ChecksumSHA256); err == nil && len(raw) == 32 {
		info.SHA256 = hex.EncodeToString(raw)
	}
	return info, nil
}

// Get implements [recording.Bucket].
func (s *S3) Get(ctx context.Context, key string, from, to int64) (io.ReadCloser, error) {
	var o minio.GetObjectOptions
	if from > 0 || to >= 0 {
		span := fmt.Sprintf("bytes=%d-", from)
		if to >= 0 {
			span += fmt.Sprint(to)
		}
		o.Set("Range", span)
	}
	r, _, _, err := s.core.GetObject(ctx, s.bucket, key, o)
	if err != nil {
		return nil, wrap("reading recording "+key, err)
	}
	return r, nil
}

// Delete implements [recording.Bucket].
func (s *S3) Delete(ctx context.Context, key string) error {
	err := s.core.RemoveObject(ctx, s.bucket, key, minio.RemoveObjectOptions{})
	if err = wrap("deleting recording "+key, err); err != nil && !errors.Is(err, recording.ErrNotFound) {
		return err
	}
	return nil
}

func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	if r := minio.ToErrorResponse(err); r.Code == "NoSuchKey" || r.StatusCode == http.StatusNotFound && r.Code != "NoSuchBucket" {
		err = recording.ErrNotFound
	}
	return fmt.Errorf("%s: %w", doing, err)
}
