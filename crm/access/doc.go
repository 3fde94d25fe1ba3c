// Package access knows who may do what: people, teams, roles, logins, tokens for programs, the company, and the audit log.
//
// Every route declares its right through the [Guard]; one that declares nothing is refused. How far a right reaches
// (own, team, all) becomes a WHERE clause, made by [Within]: what one may not see is not found.
package access
