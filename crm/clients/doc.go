// Package clients keeps the people and companies that we talk to: the card, its phones and e-mails, its notes and its
// timeline, and finds a card by whoever calls.
//
// The timeline is open to other slices: they write entries of their own kinds in their own transactions with [AddEntry].
// A card is collected from parts that other slices add with [Store.CardPart].
package clients
