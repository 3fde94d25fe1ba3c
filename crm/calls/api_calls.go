package calls

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"ringbook/crm"
	"ringbook/crm/access"
	"ringbook/recording"
)

// Paging is where a page begins and how long it is.
type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Cursor string `query:"cursor" maxLength:"300"`
}

func (b *Book) callRoutes(api huma.API, guard access.Guard) {
	huma.Get(api, "/calls", func(ctx context.Context, in *struct {
		Filter
		Paging
	}) (*items[Call], error) {
		return page(b.List(ctx, in.Filter, in.Limit, in.Cursor))
	}, guard.Needs("calls.read"))
	huma.Get(api, "/calls/count", func(ctx context.Context, in *struct{ Filter }) (*reply[Counted], error) {
		n, err := b.Count(ctx, in.Filter)
		return answer(Counted{n}, err)
	}, guard.Needs("calls.read"))
	huma.Get(api, "/calls/{id}", func(ctx context.Context, in *byID) (*reply[Call], error) {
		return answer(b.Call(ctx, in.ID))
	}, guard.Needs("calls.read"))
	huma.Patch(api, "/calls/{id}", func(ctx context.Context, in *change[Edit]) (*reply[Call], error) {
		return answer(b.Edit(ctx, in.ID, in.Body))
	}, guard.Needs("calls.write"))
	huma.Post(api, "/calls", func(ctx context.Context, in *body[Order]) (*reply[Begun], error) {
		return answer(b.Dial(ctx, in.Body))
	}, guard.Needs("calls.make"), created)
	huma.Get(api, "/missed", func(ctx context.Context, in *struct {
		MissedFilter
		Paging
	}) (*items[Missed], error) {
		return page(b.Missed(ctx, in.MissedFilter, in.Limit, in.Cursor))
	}, guard.Needs("missed.read"))
	huma.Post(api, "/missed/{id}/close", func(ctx context.Context, in *change[Closing]) (*reply[Missed], error) {
		return answer(b.CloseMissed(ctx, in.ID, in.Body))
	}, guard.Needs("missed.close"))
	huma.Post(api, "/missed/{id}/reopen", func(ctx context.Context, in *byID) (*reply[Missed], error) {
		return answer(b.ReopenMissed(ctx, in.ID))
	}, guard.Needs("missed.close"))
	huma.Get(api, "/missed/figures", func(ctx context.Context, in *MissedFilter) (*reply[MissedFigures], error) {
		return answer(b.MissedFigures(ctx, *in))
	}, guard.Needs("missed.read"))
}

// Counted is how many there are.
type Counted struct {
	Count int `json:"count"`
}

func page[T any](p crm.Page[T], err error) (*items[T], error) {
	if err != nil {
		return nil, err
	}
	return &items[T]{Body: p}, nil
}

func (b *Book) recordingRoutes(api huma.API, guard access.Guard) {
	listen := guard.Needs("recordings.listen")
	huma.Get(api, "/recordings/{id}", func(ctx context.Context, in *byID) (*reply[Recording], error) {
		return answer(b.Recording(ctx, in.ID))
	}, listen)
	huma.Get(api, "/recordings/{id}/audio", b.getAudio, listen, sounding)
	huma.Get(api, "/recordings/{id}/peaks", func(ctx context.Context, in *byID) (*reply[recording.Waveform], error) {
		return answer(b.Waveform(ctx, in.ID))
	}, listen)
	huma.Post(api, "/recordings/{id}/heard", func(ctx context.Context, in *change[Heard]) (*none, error) {
		return done(b.Hear(ctx, in.ID, in.Body))
	}, listen)
	huma.Get(api, "/recordings/{id}/listening", func(ctx context.Context, in *byID) (*items[Listened], error) {
		return list(b.Listening(ctx, in.ID))
	}, listen)
	huma.Delete(api, "/recordings/{id}", func(ctx context.Context, in *change[Removal]) (*none, error) {
		return done(b.Purge(ctx, in.ID, in.Body))
	}, guard.Needs("recordings.delete"))
}

// sounding tells the OpenAPI what is streamed.
func sounding(op *huma.Operation) {
	op.Responses = map[string]*huma.Response{"200": {Description: "The sound, or the range that was asked for (206)",
		Content: map[string]*huma.MediaType{"audio/wav": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}}
}

func (b *Book) greetingRoutes(api huma.API, guard access.Guard) {
	huma.Get(api, "/greetings", func(ctx context.Context, _ *none) (*items[Greeting], error) { return list(b.Greetings(ctx)) }, guard.Needs("settings.read"))
	huma.Post(api, "/greetings", b.postGreeting, guard.Needs("settings.write"), created, func(op *huma.Operation) { op.MaxBodyBytes = greetingMax })
	huma.Get(api, "/greetings/{id}/audio", b.getGreeting, guard.Needs("settings.read"), sounding)
	huma.Delete(api, "/greetings/{id}", func(ctx context.Context, in *byID) (*none, error) {
		return done(b.archive(ctx, "greetings", "greeting", in.ID))
	}, guard.Needs("settings.write"))
}

func (b *Book) postGreeting(ctx context.Context, in *greetingUpload) (*reply[Greeting], error) {
	form := in.RawBody.Data()
	wav, err := io.ReadAll(io.LimitReader(form.File, greetingMax))
	if err != nil {
		return nil, badWAV("no_wav")
	}
	name := form.Name
	if name == "" {
		name = strings.TrimSuffix(filepath.Base(form.File.Filename), filepath.Ext(form.File.Filename))
	}
	return answer(b.AddGreeting(ctx, name, wav))
}

func (b *Book) getGreeting(ctx context.Context, in *byID) (*huma.StreamResponse, error) {
	var there bool
	if err := b.pool.QueryRow(ctx, "select exists (select from greetings where id = $1)", in.ID).Scan(&there); err != nil {
		return nil, err
	}
	f, err := os.Open(filepath.Join(b.o.Greetings, in.ID+".wav"))
	if !there || err != nil {
		return nil, crm.NotFound("greeting")
	}
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		defer f.Close()
		request, w := humago.Unwrap(hctx)
		w.Header().Set("Content-Type", "audio/wav")
		info, err := f.Stat()
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		http.ServeContent(w, request, "", info.ModTime(), f)
	}}, nil
}
