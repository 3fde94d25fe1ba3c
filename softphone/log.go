package softphone

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/pion/logging"
)

// pionLog lets pion write into our log, one level down: what it warns of is mostly the weather of networks.
type pionLog struct{ to *slog.Logger }

// NewLogger implements [logging.LoggerFactory].
func (l pionLog) NewLogger(scope string) logging.LeveledLogger {
	return pionLog{l.to.With("pion", scope)}
}

func (l pionLog) log(level slog.Level, msg string, args ...any) {
	if !l.to.Enabled(context.Background(), level) {
		return
	}
	if len(args) > 0 {
		msg = fmt.Sprintf(msg, args...)
	}
	l.to.Log(context.Background(), level, msg)
}

func (l pionLog) Trace(string)             {}
func (l pionLog) Tracef(string, ...any)    {}
func (l pionLog) Debug(string)             {}
func (l pionLog) Debugf(string, ...any)    {}
func (l pionLog) Info(string)              {}
func (l pionLog) Infof(string, ...any)     {}
func (l pionLog) Warn(m string)            { l.log(slog.LevelDebug, m) }
func (l pionLog) Warnf(m string, a ...any) { l.log(slog.LevelDebug, m, a...) }
func (l pionLog) Error(m string)           { l.log(slog.LevelInfo, m) }
func (l pionLog) Errorf(m string, a ...any) {
	l.log(slog.LevelInfo, m, a...)
}
