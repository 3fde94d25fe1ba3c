package api

import (
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// nullable marks in the OpenAPI the objects that may be null: fields of answers that point to a struct. huma describes
// these as always there, and the web app's generated types would believe it.
func nullable(spec *huma.OpenAPI) {
	registry := spec.Components.Schemas
	for name, schema := range registry.Map() {
		t := registry.TypeFromRef("#/components/schemas/" + name)
		for t != nil && t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t == nil || t.Kind() != reflect.Struct {
			continue
		}
		for _, field := range reflect.VisibleFields(t) {
			tag := field.Tag.Get("json")
			if field.Type.Kind() != reflect.Pointer || strings.Contains(tag, "omit") {
				continue
			}
			key, _, _ := strings.Cut(tag, ",")
			if property := schema.Properties[key]; property != nil && property.Ref != "" {
				schema.Properties[key] = &huma.Schema{Description: property.Description,
					AnyOf: []*huma.Schema{{Ref: property.Ref}, {Type: "null"}}}
			}
		}
	}
}
