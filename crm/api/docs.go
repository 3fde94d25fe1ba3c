package api

import (
	"cmp"
	_ "embed"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"ringbook/crm/access"
)

//go:embed docs.html
var docsPage string

var docsTemplate = template.Must(template.New("docs").Parse(docsPage))

type documented struct {
	Method, Path, Summary, Right string
	Params                       []*huma.Param
	Body, Answer                 string
}

type schemaDoc struct {
	Name   string
	Fields []fieldDoc
}

type fieldDoc struct{ Name, Type, Doc string }

// docs writes the OpenAPI for people, on our own page: it loads nothing from anywhere.
func docs(spec *huma.OpenAPI) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		err := docsTemplate.Execute(w, map[string]any{"Nonce": nonceOf(r), "Prefix": Prefix, "Info": spec.Info,
			"Operations": operations(spec), "Schemas": schemas(spec)})
		if err != nil {
			panic(err) // our own template over our own data, or a reader who left
		}
	})
}

// each calls f with every operation of the API, by path.
func each(spec *huma.OpenAPI, f func(path string, op *huma.Operation)) {
	for path, item := range spec.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete, item.Head, item.Options} {
			if op != nil {
				f(path, op)
			}
		}
	}
}

func operations(spec *huma.OpenAPI) (all []documented) {
	each(spec, func(path string, op *huma.Operation) {
		d := documented{Method: op.Method, Path: path, Summary: op.Summary, Params: op.Parameters}
		d.Right, _ = op.Extensions[access.RightExtension].(string)
		if op.RequestBody != nil {
			for _, media := range op.RequestBody.Content {
				d.Body = typeName(media.Schema)
			}
		}
		for status, response := range op.Responses {
			if strings.HasPrefix(status, "2") {
				for _, media := range response.Content {
					d.Answer = typeName(media.Schema)
				}
			}
		}
		all = append(all, d)
	})
	slices.SortFunc(all, func(a, b documented) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
	return all
}

func schemas(spec *huma.OpenAPI) (all []schemaDoc) {
	for name, schema := range spec.Components.Schemas.Map() {
		doc := schemaDoc{Name: name}
		for field, s := range schema.Properties {
			doc.Fields = append(doc.Fields, fieldDoc{Name: field, Type: typeName(s), Doc: s.Description})
		}
		slices.SortFunc(doc.Fields, func(a, b fieldDoc) int { return cmp.Compare(a.Name, b.Name) })
		all = append(all, doc)
	}
	slices.SortFunc(all, func(a, b schemaDoc) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

func typeName(s *huma.Schema) string {
	switch {
	case s == nil:
		return ""
	case s.Ref != "":
		return s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
	case len(s.AnyOf) > 0:
		return typeName(s.AnyOf[0])
	case s.Type == huma.TypeArray:
		return typeName(s.Items) + "[]"
	case s.Format != "":
		return s.Format
	}
	return s.Type
}
