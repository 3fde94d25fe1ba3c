// Package demodata invents a small company: its people, numbers, clients and sixty days of calls, the last of them with
// sound. The same seed and the same moment give the same company.
//
//	Invent --> Company --> Store     people and clients row by row; each call as the desk stores a call that ends
//	             |
//	             +-- the calls go through telephony's own call machine, so that every trail is one that can happen
package demodata
