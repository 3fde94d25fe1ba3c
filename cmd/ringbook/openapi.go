package main

import (
	"encoding/json"
	"net/http"

	"ringbook/crm/access"
	"ringbook/crm/api"
	"ringbook/crm/calls"
	"ringbook/crm/clients"
	"ringbook/crm/deskphones"
	"ringbook/crm/reports"
	"ringbook/crm/trunks"
)

// openapiCommand prints the OpenAPI that a running server gives at /api/v1/openapi.json; the web app's types come from it.
type openapiCommand struct{}

// Run needs no part of the product to be there.
func (openapiCommand) Run(env *environment) error {
	people := access.New(nil, access.Options{Log: env.log})
	slices := []api.Slice{clients.New(nil, people, clients.Options{Log: env.log}), deskphones.New(nil, deskphones.Options{Access: people}), trunks.New(nil, trunks.Options{Access: people}),
		calls.NewBook(calls.BookOptions{Access: people, Log: env.log}), reports.New(nil, people, nil), &demoSlice{}}
	doc := api.Mount(http.NewServeMux(), api.Options{Access: people, Slices: slices, Log: env.log}).OpenAPI()
	out := json.NewEncoder(env.stdout)
	out.SetIndent("", "  ")
	return out.Encode(doc)
}
