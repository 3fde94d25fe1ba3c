package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"ringbook/crm/api"
)

// waiting is what lies in the spool.
type waiting struct {
	files  int
	bytes  int64
	oldest time.Duration // since the last write to the recording that has waited longest
}

// lookIntoSpool counts the files of a spool; a recording of a live call is written to all the time and so is never old.
func lookIntoSpool(dir string, now time.Time) (w waiting) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		info, err := os.Stat(filepath.Join(dir, e.Name()))
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		w.bytes += info.Size()
		if strings.HasSuffix(e.Name(), ".wav") {
			w.files++
			w.oldest = max(w.oldest, now.Sub(info.ModTime()))
		}
	}
	return w
}

// folders are those whose disk may run full: our own, and that of the objects when `ringbook store` keeps them beside it.
func (c Config) folders() map[string]string {
	all := map[string]string{"data": c.Data}
	if objects := filepath.Join(c.Data, "objects"); isFolder(objects) {
		all["store"] = objects
	}
	return all
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// diskOf says how much room the disk of a folder has left, for whoever is not root, and in all.
func diskOf(dir string) (free, size uint64, err error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, 0, fmt.Errorf("look at the disk of %s: %w", dir, err)
	}
	return s.Bavail * uint64(s.Bsize), s.Blocks * uint64(s.Bsize), nil
}

// audioHour is an hour of talk as it is recorded, in bytes: 16 kB a second.
const audioHour = 16_000 * 3600

// room says for how many hours of talk the disks have room, and warns when one has too little.
func (c Config) room() (string, error) {
	var seen, little []string
	for _, folder := range slices.Sorted(maps.Keys(c.folders())) {
		free, _, err := diskOf(c.folders()[folder])
		if err != nil {
			return "", err
		}
		hours := free / audioHour
		text := fmt.Sprintf("%s: room for %d hours of talk", folder, hours)
		if hours < c.DiskHours {
			little = append(little, text)
		}
		seen = append(seen, text)
	}
	detail := strings.Join(seen, ", ")
	if len(little) > 0 {
		return detail, api.Warning(fmt.Sprintf("%s; make room, %d hours are wanted", strings.Join(little, ", "), c.DiskHours))
	}
	return detail, nil
}
