// Package crm holds the words that every room of the business shares: who acts ([Actor]), what they may do ([Right],
// [Scope]), how things fail ([Error]), phone numbers ([Phone]), identifiers and the clock. It knows no database and no HTTP.
package crm
