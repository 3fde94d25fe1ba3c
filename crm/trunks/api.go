package trunks

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringbook/crm"
	"ringbook/crm/access"
)

// TrunkTest is how a test call went.
type TrunkTest struct {
	Result  string  `json:"result" enum:"answered,ringing,busy,no_answer,declined,wrong_number,failed" doc:"ringing: it rang until we gave up"`
	SIPCode int     `json:"sip_code,omitempty" doc:"RFC 3261 status, 0 when unknown"`
	Cause   int     `json:"cause,omitempty" doc:"Q.850 cause, 0 when unknown"`
	Seconds float64 `json:"seconds" doc:"Until the answer or the end"`
	Dialled string  `json:"dialled" doc:"The number as the provider was given it"`
}

// TrunkTestOrder is a test call to be made.
type TrunkTestOrder struct {
	To string `json:"to" maxLength:"60" doc:"In any form"`
}

// Test calls a number through a trunk; it must be one that may be dialled.
func (s *Store) Test(ctx context.Context, id string, o TrunkTestOrder) (TrunkTest, error) {
	company, err := s.o.Access.Company(ctx)
	if err != nil {
		return TrunkTest{}, err
	}
	phone, err := crm.ParsePhone(o.To, company.Country)
	if err != nil {
		return TrunkTest{}, err
	}
	found, err := read(ctx, s.pool, "and id = $1", id)
	switch {
	case err != nil:
		return TrunkTest{}, err
	case len(found) == 0:
		return TrunkTest{}, crm.NotFound("trunk")
	case s.o.Test == nil:
		return TrunkTest{}, crm.Unavailable("no_switchboard")
	}
	if err := s.audit(ctx, s.pool, "trunk", id, "tested", phone.E164); err != nil {
		return TrunkTest{}, err
	}
	return s.o.Test(ctx, id, phone.E164)
}

type (
	none         struct{}
	reply[T any] struct{ Body T }
	byID         struct {
		ID string `path:"id" format:"uuid"`
	}
	body[T any]   struct{ Body T }
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

// Routes registers the trunks.
func (s *Store) Routes(api huma.API, guard access.Guard) {
	write := guard.Needs("settings.write") // logins and addresses of providers are nobody else's business
	huma.Get(api, "/trunks", func(ctx context.Context, _ *none) (*reply[crm.Page[Trunk]], error) {
		list, err := s.List(ctx)
		return answer(crm.Page[Trunk]{Items: list}, err)
	}, write)
	huma.Post(api, "/trunks", func(ctx context.Context, in *body[TrunkChange]) (*reply[Trunk], error) {
		return answer(s.Set(ctx, "", in.Body))
	}, write,
		func(op *huma.Operation) { op.DefaultStatus = http.StatusCreated })
	huma.Patch(api, "/trunks/{id}", func(ctx context.Context, in *change[TrunkChange]) (*reply[Trunk], error) {
		return answer(s.Set(ctx, in.ID, in.Body))
	}, write)
	huma.Delete(api, "/trunks/{id}", func(ctx context.Context, in *byID) (*none, error) { return nil, s.Remove(ctx, in.ID) }, write)
	huma.Post(api, "/trunks/{id}/test", func(ctx context.Context, in *change[TrunkTestOrder]) (*reply[TrunkTest], error) {
		return answer(s.Test(ctx, in.ID, in.Body))
	}, write)
	huma.Get(api, "/trunk-network", func(ctx context.Context, _ *none) (*reply[TrunkNetwork], error) { return answer(s.Network(ctx)) }, write)
	huma.Put(api, "/trunk-network", func(ctx context.Context, in *body[TrunkNetwork]) (*reply[TrunkNetwork], error) {
		return answer(s.SetNetwork(ctx, in.Body))
	}, write)
}
