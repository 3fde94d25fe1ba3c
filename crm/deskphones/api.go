package deskphones

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringbook/crm/access"
)

// DeskPhones is the list of the telephones, and what is typed into each.
type DeskPhones struct {
	Items  []DeskPhone     `json:"items"`
	Server DeskPhoneServer `json:"server"`
}

// MyDeskPhone is one's own telephone, if there is one.
type MyDeskPhone struct {
	Given bool           `json:"given"`
	State DeskPhoneState `json:"state"`
}

// DeskPhoneOrder is who gets a telephone.
type DeskPhoneOrder struct {
	User      string `json:"user" format:"uuid"`
	Transport string `json:"transport,omitempty" enum:"udp,tcp"`
}

type (
	none         struct{}
	reply[T any] struct{ Body T }
	byID         struct {
		ID string `path:"id" format:"uuid" doc:"Of the person"`
	}
)

// Routes registers the telephones.
func (s *Store) Routes(api huma.API, guard access.Guard) {
	write := guard.Needs("settings.write")
	huma.Get(api, "/desk-phones", func(ctx context.Context, _ *none) (*reply[DeskPhones], error) {
		list, err := s.List(ctx)
		if err != nil {
			return nil, err
		}
		all := DeskPhones{Items: list}
		if s.o.Server != nil {
			all.Server = s.o.Server()
		}
		return &reply[DeskPhones]{all}, nil
	}, write)
	huma.Post(api, "/desk-phones", func(ctx context.Context, in *struct{ Body DeskPhoneOrder }) (*reply[DeskPhoneGiven], error) {
		given, err := s.Give(ctx, in.Body.User, in.Body.Transport)
		if err != nil {
			return nil, err
		}
		return &reply[DeskPhoneGiven]{given}, nil
	}, write, func(op *huma.Operation) { op.DefaultStatus = http.StatusCreated })
	huma.Delete(api, "/desk-phones/{id}", func(ctx context.Context, in *byID) (*none, error) { return nil, s.Take(ctx, in.ID) }, write)
	huma.Get(api, "/desk-phone", func(ctx context.Context, _ *none) (*reply[MyDeskPhone], error) {
		mine, given, err := s.Mine(ctx)
		if err != nil {
			return nil, err
		}
		return &reply[MyDeskPhone]{MyDeskPhone{given, mine.State}}, nil
	}, guard.Needs("calls.make"))
}
