package calls

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"ringbook/crm"
	"ringbook/crm/access"
	"ringbook/recording"
	"ringbook/telephony"
)

// Book is everything about calls that is read and written by people: the list, missed calls, recordings, settings.
type Book struct {
	o        BookOptions
	pool     *pgxpool.Pool
	log      *slog.Logger
	clock    crm.Clock
	mu       sync.Mutex
	changed  []func()
	jobs     *river.Client[pgx.Tx]
	verified atomic.Int64 // uploads that ended well
	failed   atomic.Int64 // uploads that did not
}

// BookOptions are what a book is made of. Hooks may be nil.
type BookOptions struct {
	Pool   *pgxpool.Pool
	Access *access.Store
	Log    *slog.Logger
	Clock  crm.Clock
	Bucket recording.Bucket
	Spool  *recording.Spool
	// Greetings is the folder of greeting files; GreetingURI is how Asterisk names a file of it without its ".wav".
	Greetings   string
	GreetingURI func(id string) string
	// Dial begins a call to a client by the switchboard, on behalf of a person.
	Dial func(ctx context.Context, actor crm.Actor, to, client, agent string) (call string, err error)
	// Spent is the money of today's calls out, and HangUpOutbound ends those that go on; nil without a switchboard.
	Spent          func() int64
	HangUpOutbound func() int
	// Relinked runs in the transaction that gives a call to another client.
	Relinked func(ctx context.Context, tx pgx.Tx, call, from, to string) error
	// Desk is told of a client who was chosen for a live call; nil without a switchboard.
	Desk *Desk
	// OnChanged hears of what was stored, after the commit.
	OnChanged func(object, id string)
}

// NewBook makes the book.
func NewBook(o BookOptions) *Book {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.OnChanged == nil {
		o.OnChanged = func(string, string) {}
	}
	if o.GreetingURI == nil {
		o.GreetingURI = func(id string) string { return "sound:" + o.Greetings + "/" + id }
	}
	return &Book{o: o, pool: o.Pool, log: o.Log, clock: o.Clock}
}

// SetJobs gives the book the client that queues uploads.
func (b *Book) SetJobs(jobs *river.Client[pgx.Tx]) { b.jobs = jobs }

// OnSettings adds a function that is called after a setting of the telephone changed: load the plan anew.
func (b *Book) OnSettings(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.changed = append(b.changed, f)
}

// settingsChanged tells of a change after its commit.
func (b *Book) settingsChanged() {
	b.mu.Lock()
	list := b.changed
	b.mu.Unlock()
	for _, f := range list {
		f()
	}
	b.o.OnChanged("settings", "")
}

// Person names somebody of ours; Thing anything else that has a name.
type (
	Person = access.PersonRef
	Thing  struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
)

var _ telephony.Feed = (*Desk)(nil)
