package main

import (
	"context"

	"ringbook/recording/bucket"
)

// storeCommand serves S3 from a folder, as a process of its own.
type storeCommand struct {
	StoreListen string `help:"Where it listens." default:"127.0.0.1:8084"`
	StoreDir    string `help:"Where the objects are kept." default:"./data/objects" type:"path"`
}

// Run serves until the context ends.
func (c storeCommand) Run(ctx context.Context, env *environment) error {
	return bucket.Serve(ctx, bucket.Options{Listen: c.StoreListen, Dir: c.StoreDir, AccessKey: env.S3AccessKey, SecretKey: env.S3SecretKey, Region: env.S3Region})
}

// openBucket makes the client of the bucket that recordings go to.
func (c Config) openBucket() (*bucket.S3, error) {
	return bucket.Open(bucket.Config{Endpoint: c.S3Endpoint, Bucket: c.S3Bucket, AccessKey: c.S3AccessKey, SecretKey: c.S3SecretKey, Region: c.S3Region})
}
