package access

import (
	"fmt"
	"maps"
	"slices"

	"ringbook/crm"
)

// The built-in roles.
const (
	Operator      = "operator"
	Supervisor    = "supervisor"
	Head          = "head" // of sales
	Administrator = "administrator"
)

// Every right there is, with the widest scope of each built-in role: operator, supervisor, head, administrator.
// This is the table of who may do what; roles of one's own are made of the same rights.
var table = map[crm.Right][4]crm.Scope{
	"account.write":     {"own", "own", "own", "all"}, // one's own password, language, sessions
	"audit.read":        {"", "", "", "all"},
	"calls.export":      {"", "team", "all", "all"},
	"calls.make":        {"own", "own", "own", "all"},
	"calls.read":        {"own", "team", "all", "all"},
	"calls.write":       {"own", "team", "all", "all"},
	"clients.delete":    {"", "", "all", "all"},
	"clients.export":    {"", "", "all", "all"},
	"clients.read":      {"all", "all", "all", "all"},
	"clients.write":     {"all", "all", "all", "all"},
	"floor.read":        {"", "team", "all", "all"},
	"jobs.read":         {"", "", "", "all"}, // background work
	"missed.close":      {"all", "all", "all", "all"},
	"missed.read":       {"all", "all", "all", "all"},
	"outbound.stop":     {"", "all", "all", "all"}, // the kill switch over calls out
	"recordings.delete": {"", "", "", "all"},
	"recordings.listen": {"own", "team", "all", "all"},
	"reports.export":    {"", "team", "all", "all"},
	"reports.read":      {"own", "team", "all", "all"},
	"roles.write":       {"", "", "", "all"},
	"settings.read":     {"all", "all", "all", "all"},
	"settings.write":    {"", "", "", "all"},
	"tokens.write":      {"", "", "own", "all"},
	"users.read":        {"all", "all", "all", "all"},
	"users.write":       {"", "", "", "all"},
}

var builtIn = []string{Operator, Supervisor, Head, Administrator}

// BuiltIn gives the rights of a built-in role; ok is false for any other.
func BuiltIn(role string) (rights crm.Rights, ok bool) {
	i := slices.Index(builtIn, role)
	if i < 0 {
		return nil, false
	}
	rights = crm.Rights{}
	for right, scopes := range table {
		if scopes[i] != crm.ScopeNone {
			rights[right] = scopes[i]
		}
	}
	return rights, true
}

// AllRights lists every right, sorted.
func AllRights() []crm.Right { return slices.Sorted(maps.Keys(table)) }

// Grants writes rights as object.action.scope, sorted.
func Grants(rights crm.Rights) []string {
	grants := make([]string, 0, len(rights))
	for right, scope := range rights {
		grants = append(grants, string(right)+"."+string(scope))
	}
	slices.Sort(grants)
	return grants
}

func rightsOf(role string, own []string) crm.Rights {
	if rights, ok := BuiltIn(role); ok {
		return rights
	}
	return crm.ParseRights(own)
}

// covers says whether the first rights reach at least as far as the second, each of them.
func covers(have, want crm.Rights) bool {
	for right, scope := range want {
		if have[right].Wider(scope) != have[right] {
			return false
		}
	}
	return true
}

// Within writes the condition that limits a query to what the actor's right reaches. Column holds the ID of the person
// whose thing a row is. Args are the query's arguments so far; what the condition needs is appended.
func Within(actor crm.Actor, right crm.Right, column string, args *[]any) string {
	switch actor.Scope(right) {
	case crm.ScopeAll:
		return "true"
	case crm.ScopeTeam:
		*args = append(*args, actor.User)
		n := len(*args)
		return fmt.Sprintf("(%[1]s = $%[2]d::uuid or %[1]s in (select mate.id from users mate join users me on mate.team_id = me.team_id where me.id = $%[2]d::uuid))", column, n)
	case crm.ScopeOwn:
		*args = append(*args, actor.User)
		return fmt.Sprintf("%s = $%d::uuid", column, len(*args))
	}
	return "false"
}
