package main

import (
	"fmt"
	"reflect"
	"strings"
)

// variable is one setting of the configuration as the environment holds it.
type variable struct {
	name, flag, value, standard, help string
	secret, hidden                    bool
}

// variablesOf reads the configuration's own tags, so that what is written elsewhere cannot differ from them.
func variablesOf(c Config) (all []variable) {
	v := reflect.ValueOf(c)
	for i := range v.NumField() {
		field := v.Type().Field(i)
		flag := field.Tag.Get("name")
		if flag == "" {
			flag = dashed(field.Name)
		}
		name := field.Tag.Get("env")
		if name == "" {
			name = "RINGBOOK_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
		}
		value := fmt.Sprint(v.Field(i).Interface())
		if list, ok := v.Field(i).Interface().([]string); ok {
			value = strings.Join(list, ",")
		}
		_, hidden := field.Tag.Lookup("hidden")
		all = append(all, variable{name: name, flag: "--" + flag, value: value, standard: field.Tag.Get("default"), help: field.Tag.Get("help"), hidden: hidden,
			secret: strings.HasSuffix(name, "_PASSWORD") || strings.HasSuffix(name, "_SECRET") || strings.HasSuffix(name, "_SECRET_KEY") || strings.HasSuffix(name, "_ACCESS_KEY")})
	}
	return all
}

// dashed is a field's name as a flag: LogLevel is log-level.
func dashed(name string) string {
	var out strings.Builder
	for i, r := range name {
		if i > 0 && r >= 'A' && r <= 'Z' {
			out.WriteByte('-')
		}
		out.WriteRune(r)
	}
	return strings.ToLower(out.String())
}
