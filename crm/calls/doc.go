// Package calls keeps every call of the switchboard: its row while it lives, its trail and its consequences when it is
// over, its recording, and the settings that the telephone lives by.
//
// The way of a call through the [Desk]:
//
//	switchboard --CallChanged--> newest snapshot of each call (in memory, never waits)
//	                                 |            \
//	                     first sight |             \ at most one save in 250 ms; the first, the answer and the end at once
//	                                 v              v
//	                         look the number up    upsert, the newer version wins
//	                         (300 ms at most)                 |
//	                                 |                        | the end: ONE transaction
//	                                 v                        v
//	                          card of the pop     call, trail, timeline, missed debt, recording row, upload job
//	                                                          |
//	                                                          v  after the commit: OnChanged
//
// While PostgreSQL is away snapshots go to unsaved.jsonl in the spool folder, and from there into the database when it
// is back, or at the next start.
package calls
