package reports

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringbook/crm/access"
)

// Routes registers the reports.
func (s *Store) Routes(api huma.API, guard access.Guard) {
	huma.Get(api, "/reports/calls", func(ctx context.Context, in *struct {
		Query
		Format string `query:"format" enum:"json,csv" default:"json" doc:"csv: sends you to /reports/calls.csv"`
	}) (*reportReply, error) {
		r, err := s.Calls(ctx, in.Query)
		if err != nil {
			return nil, err
		}
		return &reportReply{Body: r}, nil
	}, guard.Needs("reports.read"), toCSV)
	huma.Get(api, "/reports/calls.csv", func(ctx context.Context, in *struct {
		Query
		Language string `query:"language" enum:",en,ru"`
	}) (*csvReply, error) {
		b, err := s.Export(ctx, in.Query, in.Language)
		if err != nil {
			return nil, err
		}
		return &csvReply{Type: "text/csv; charset=utf-8", Disposition: `attachment; filename="calls-` + in.GroupBy + `.csv"`, Body: b}, nil
	}, guard.Needs("reports.export"))
}

type reportReply struct{ Body Report }

type csvReply struct {
	Type        string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

// toCSV sends who wants a file to the operation that has the right for it.
func toCSV(op *huma.Operation) {
	op.Middlewares = append(op.Middlewares, func(ctx huma.Context, next func(huma.Context)) {
		if ctx.Query("format") != "csv" {
			next(ctx)
			return
		}
		u := ctx.URL()
		ctx.SetHeader("Location", u.Path+".csv?"+u.RawQuery)
		ctx.SetStatus(http.StatusSeeOther)
	})
}
