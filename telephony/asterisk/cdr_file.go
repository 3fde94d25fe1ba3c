package asterisk

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// CDRPlace is how far a file of CDRs was read. The zero value is the beginning.
type CDRPlace struct {
	Inode  uint64 // which file: a rotation gives another one the name
	Offset int64
}

// CDRLine is one line with the place after it.
type CDRLine struct {
	CDR
	Err  error // the line is no CDR
	Next CDRPlace
}

// longestLine is the most that a line of a CDR may have.
const longestLine = 64 << 10

// ReadCDRs reads at most so many whole lines after a place. A file that was renamed since is read to its end first, if it is still
// beside the new one; one that was cut is read from its beginning. No file is no line.
func ReadCDRs(path string, from CDRPlace, most int) ([]CDRLine, error) {
	now, err := inode(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look at the CDRs: %w", err)
	}
	var out []CDRLine
	if from.Inode != 0 && from.Inode != now {
		if old := renamed(path, from.Inode); old != "" {
			if out, err = readCDRs(old, from, most); err != nil {
				return nil, err
			}
		}
		from = CDRPlace{}
	}
	if len(out) >= most {
		return out, nil
	}
	from.Inode = now
	more, err := readCDRs(path, from, most-len(out))
	return append(out, more...), err
}

func inode(path string) (uint64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 1, nil
	}
	return st.Ino, nil
}

// renamed finds the file under its new name: Master.csv.1, Master.csv-20261123 ...
func renamed(path string, number uint64) string {
	names, _ := filepath.Glob(path + "?*")
	for _, name := range names {
		if n, err := inode(name); err == nil && n == number {
			return name
		}
	}
	return ""
}

func readCDRs(path string, from CDRPlace, most int) ([]CDRLine, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the CDRs: %w", err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("read the CDRs: %w", err)
	}
	if from.Offset > info.Size() {
		from.Offset = 0
	}
	if _, err := f.Seek(from.Offset, io.SeekStart); err != nil {
		return nil, fmt.Errorf("read the CDRs: %w", err)
	}
	var out []CDRLine
	in := bufio.NewReaderSize(f, longestLine)
	for skip := false; len(out) < most; {
		text, err := in.ReadSlice('\n')
		from.Offset += int64(len(text))
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			skip = true
		case errors.Is(err, io.EOF): // what has no end yet is read the next time
			return out, nil
		case err != nil:
			return out, fmt.Errorf("read the CDRs: %w", err)
		case skip:
			out = append(out, CDRLine{Err: fmt.Errorf("read a CDR: a line of more than %d bytes", longestLine), Next: from})
			skip = false
		default:
			line := CDRLine{Next: from}
			line.CDR, line.Err = ParseCDR(strings.ToValidUTF8(string(text), "\uFFFD"))
			out = append(out, line)
		}
	}
	return out, nil
}
