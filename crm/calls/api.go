package calls

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringbook/crm"
	"ringbook/crm/access"
)

// Routes registers calls, missed calls, recordings and the settings of the telephone.
func (b *Book) Routes(api huma.API, guard access.Guard) {
	b.callRoutes(api, guard)
	b.recordingRoutes(api, guard)
	b.settingsRoutes(api, guard)
	b.outboundRoutes(api, guard)
	b.greetingRoutes(api, guard)
}

func (b *Book) settingsRoutes(api huma.API, guard access.Guard) {
	read, write := guard.Needs("settings.read"), guard.Needs("settings.write")
	huma.Get(api, "/telephony-settings", func(ctx context.Context, _ *none) (*reply[Settings], error) { return answer(b.Settings(ctx)) }, read)
	huma.Patch(api, "/telephony-settings", func(ctx context.Context, in *body[SettingsChange]) (*reply[Settings], error) {
		return answer(b.ChangeSettings(ctx, in.Body))
	}, write)
	huma.Get(api, "/numbers", func(ctx context.Context, _ *none) (*items[Number], error) { return list(b.Numbers(ctx)) }, read)
	huma.Post(api, "/numbers", func(ctx context.Context, in *body[NumberChange]) (*reply[Number], error) {
		return answer(b.SetNumber(ctx, "", in.Body))
	}, write, created)
	huma.Patch(api, "/numbers/{id}", func(ctx context.Context, in *change[NumberChange]) (*reply[Number], error) {
		return answer(b.SetNumber(ctx, in.ID, in.Body))
	}, write)
	huma.Delete(api, "/numbers/{id}", func(ctx context.Context, in *byID) (*none, error) {
		return done(b.archive(ctx, "numbers", "number", in.ID))
	}, write)
	huma.Get(api, "/prefixes", func(ctx context.Context, _ *none) (*items[Prefix], error) { return list(b.Prefixes(ctx)) }, read)
	huma.Post(api, "/prefixes", func(ctx context.Context, in *body[PrefixChange]) (*reply[Prefix], error) {
		return answer(b.SetPrefix(ctx, "", in.Body))
	}, write, created)
	huma.Patch(api, "/prefixes/{id}", func(ctx context.Context, in *change[PrefixChange]) (*reply[Prefix], error) {
		return answer(b.SetPrefix(ctx, in.ID, in.Body))
	}, write)
	huma.Delete(api, "/prefixes/{id}", func(ctx context.Context, in *byID) (*none, error) {
		return done(b.RemovePrefix(ctx, in.ID))
	}, write)
	b.choiceRoutes(api, "/sources", sources, read, write)
	b.choiceRoutes(api, "/pause-reasons", pauses, read, write)
	b.choiceRoutes(api, "/outcomes", outcomes, read, write)
}

func (b *Book) choiceRoutes(api huma.API, path string, l choices, read, write func(*huma.Operation)) {
	huma.Get(api, path, func(ctx context.Context, _ *none) (*items[Choice], error) { return list(b.choices(ctx, l)) }, read)
	huma.Post(api, path, func(ctx context.Context, in *body[ChoiceChange]) (*reply[Choice], error) {
		return answer(b.setChoice(ctx, l, "", in.Body))
	}, write, created)
	huma.Patch(api, path+"/{id}", func(ctx context.Context, in *change[ChoiceChange]) (*reply[Choice], error) {
		return answer(b.setChoice(ctx, l, in.ID, in.Body))
	}, write)
	huma.Delete(api, path+"/{id}", func(ctx context.Context, in *byID) (*none, error) {
		return done(b.archive(ctx, l.table, l.object, in.ID))
	}, write)
}

func created(op *huma.Operation) { op.DefaultStatus = http.StatusCreated }

type (
	none         struct{}
	reply[T any] struct{ Body T }
	items[T any] struct{ Body crm.Page[T] }
	body[T any]  struct{ Body T }
	byID         struct {
		ID string `path:"id" format:"uuid"`
	}
	change[T any] struct {
		ID   string `path:"id" format:"uuid"`
		Body T
	}
)

func answer[T any](v T, err error) (*reply[T], error) {
	if err != nil {
		return nil, err
	}
	return &reply[T]{Body: v}, nil
}

func list[T any](v []T, err error) (*items[T], error) {
	if err != nil {
		return nil, err
	}
	return &items[T]{Body: crm.Page[T]{Items: v}}, nil
}

func done(err error) (*none, error) {
	if err != nil {
		return nil, err
	}
	return nil, nil
}
