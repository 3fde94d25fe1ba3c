package clients

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ringbook/crm"
	"ringbook/crm/access"
)

// Routes registers the clients, their cards, timelines and notes, and the search.
func (s *Store) Routes(api huma.API, guard access.Guard) {
	huma.Get(api, "/clients", s.getClients, guard.Needs("clients.read"))
	huma.Post(api, "/clients", s.postClient, guard.Needs("clients.write"), created)
	huma.Get(api, "/clients/{id}", s.getClient, guard.Needs("clients.read"))
	huma.Patch(api, "/clients/{id}", s.patchClient, guard.Needs("clients.write"))
	huma.Delete(api, "/clients/{id}", s.deleteClient, guard.Needs("clients.delete"))
	huma.Get(api, "/clients/{id}/card", s.getCard, guard.Needs("clients.read"))
	huma.Get(api, "/clients/{id}/timeline", s.getTimeline, guard.Needs("clients.read"))
	huma.Post(api, "/clients/{id}/notes", s.postNote, guard.Needs("clients.write"), created)
	huma.Patch(api, "/clients/{id}/notes/{note}", s.patchNote, guard.Needs("clients.write"))
	huma.Delete(api, "/clients/{id}/notes/{note}", s.deleteNote, guard.Needs("clients.write"))
	huma.Get(api, "/tags", s.getTags, guard.Needs("clients.read"))
	huma.Get(api, "/lookup", s.getLookup, guard.Needs("clients.read"))
	huma.Get(api, "/search", s.getSearch, guard.Needs("clients.read"))
}

func created(op *huma.Operation) { op.DefaultStatus = http.StatusCreated }

type (
	none         struct{}
	reply[T any] struct{ Body T }
	byID         struct {
		ID string `path:"id" format:"uuid"`
	}
)

func answer[T any](v T, err error) (*reply[T], error) {
	if err != nil {
		return nil, err
	}
	return &reply[T]{Body: v}, nil
}

func (s *Store) getClients(ctx context.Context, in *struct {
	Query   string `query:"q" doc:"A name, a number in any form, or an e-mail" maxLength:"200"`
	Phone   string `query:"phone" doc:"A number in any form, or its last digits" maxLength:"100"`
	Owner   string `query:"owner" format:"uuid"`
	Tag     string `query:"tag"`
	Source  string `query:"source"`
	Kind    string `query:"kind" enum:"person,company"`
	Unnamed bool   `query:"unnamed" doc:"Those not named yet"`
	Sort    string `query:"sort" enum:"new,name,last_call" default:"new"`
	Limit   int    `query:"limit" default:"50" minimum:"1" maximum:"200"`
	Cursor  string `query:"cursor"`
}) (*reply[crm.Page[Client]], error) {
	f := ListFilter{Query: in.Query, Phone: in.Phone, Owner: in.Owner, Tag: in.Tag, Source: in.Source, Kind: in.Kind,
		Sort: in.Sort, Limit: in.Limit, Cursor: in.Cursor}
	if in.Unnamed {
		f.Unnamed = "only"
	}
	return answer(s.List(ctx, f))
}

func (s *Store) postClient(ctx context.Context, in *reply[ClientChange]) (*reply[Client], error) {
	return answer(s.Add(ctx, in.Body, HowTyped))
}

func (s *Store) getClient(ctx context.Context, in *byID) (*reply[Client], error) {
	return answer(s.Client(ctx, in.ID))
}

func (s *Store) patchClient(ctx context.Context, in *struct {
	ID   string `path:"id" format:"uuid"`
	Body ClientChange
}) (*reply[Client], error) {
	return answer(s.Change(ctx, in.ID, in.Body))
}

func (s *Store) deleteClient(ctx context.Context, in *byID) (*none, error) {
	return nil, s.Delete(ctx, in.ID)
}

func (s *Store) getCard(ctx context.Context, in *byID) (*reply[Card], error) {
	return answer(s.Card(ctx, in.ID))
}

func (s *Store) getTimeline(ctx context.Context, in *struct {
	ID     string `path:"id" format:"uuid"`
	Kind   string `query:"kind" doc:"Only entries of this kind: call, note, changed ..."`
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"200"`
	Cursor string `query:"cursor"`
}) (*reply[crm.Page[TimelineItem]], error) {
	return answer(s.Timeline(ctx, in.ID, in.Kind, in.Limit, in.Cursor))
}

// NoteText is a note to be written.
type NoteText struct {
	Text string `json:"text" maxLength:"20000"`
}

func (s *Store) postNote(ctx context.Context, in *struct {
	ID   string `path:"id" format:"uuid"`
	Body NoteText
}) (*reply[Note], error) {
	return answer(s.AddNote(ctx, in.ID, in.Body.Text))
}

func (s *Store) patchNote(ctx context.Context, in *struct {
	ID   string `path:"id" format:"uuid"`
	Note string `path:"note" format:"uuid"`
	Body NoteText
}) (*reply[Note], error) {
	return answer(s.ChangeNote(ctx, in.ID, in.Note, in.Body.Text))
}

func (s *Store) deleteNote(ctx context.Context, in *struct {
	ID   string `path:"id" format:"uuid"`
	Note string `path:"note" format:"uuid"`
}) (*none, error) {
	return nil, s.DeleteNote(ctx, in.ID, in.Note)
}

func (s *Store) getTags(ctx context.Context, _ *none) (*reply[crm.Page[string]], error) {
	tags, err := s.Tags(ctx)
	return answer(crm.Page[string]{Items: tags}, err)
}

func (s *Store) getLookup(ctx context.Context, in *struct {
	Phone string `query:"phone" required:"true" maxLength:"100"`
}) (*reply[Card], error) {
	company, err := s.people.Company(ctx)
	if err != nil {
		return nil, err
	}
	phone, _ := crm.ParsePhone(in.Phone, company.Country) // the card says why it is no number
	return answer(s.CardByPhone(ctx, phone))
}

// Hit is something that the search everywhere found.
type Hit struct {
	Kind   string     `json:"kind" doc:"client, call"`
	ID     string     `json:"id"`
	Title  string     `json:"title"`
	Detail string     `json:"detail"`
	At     *time.Time `json:"at" doc:"Of a call: when it began"`
}

// Search finds things of another slice, as far as the actor's rights reach; the best first.
type Search func(ctx context.Context, query string, limit int) ([]Hit, error)

// SearchAlso adds what the search everywhere finds besides clients. Set it before serving.
func (s *Store) SearchAlso(find Search) { s.searches = append(s.searches, find) }

func (s *Store) getSearch(ctx context.Context, in *struct {
	Query string `query:"q" required:"true" maxLength:"200"`
	Limit int    `query:"limit" default:"10" minimum:"1" maximum:"50"`
}) (*reply[crm.Page[Hit]], error) {
	page, err := s.List(ctx, ListFilter{Query: in.Query, Sort: "new", Limit: in.Limit})
	hits := crm.Page[Hit]{Items: []Hit{}}
	for _, c := range page.Items {
		hit := Hit{Kind: "client", ID: c.ID, Title: c.Name, Detail: c.Company}
		if len(c.Phones) > 0 {
			hit.Detail = c.Phones[0].written()
		}
		hits.Items = append(hits.Items, hit)
	}
	if err != nil {
		return nil, err
	}
	for _, find := range s.searches {
		more, err := find(ctx, in.Query, in.Limit)
		if err != nil {
			return nil, err
		}
		hits.Items = append(hits.Items, more...)
	}
	return answer(hits, nil)
}
