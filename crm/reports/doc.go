// Package reports counts. Every figure has one name, one formula and one place, in figure.go; every cell of a table
// carries the filter that opens the calls behind it, and a test holds each cell against that list.
//
// Groups and the total row come from one pass over the calls (GROUPING SETS), so that additive figures add up by
// construction. Who talked is counted by the trail, not by whose the call was in the end: nobody is credited with
// somebody else's talk.
package reports
