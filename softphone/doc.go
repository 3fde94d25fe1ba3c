// Package softphone carries the operators' sound: browsers on one side, Asterisk's externalMedia legs on the other. It decides
// nothing. Whoever signals (the live hub) brings offers and candidates; the switchboard says which leg belongs to which agent and
// when sound may flow.
//
//	browser A ---SRTP/UDP--+                      +--RTP-- 127.0.0.1:11000  leg of call 1
//	browser B ---SRTP/UDP--+--- Media ( Gateway ) RTP ---- 127.0.0.1:11004  leg of call 2
//	browser C ---SRTP/TCP--+   one port    |      one socket, told apart by Asterisk's address
//	                                       |
//	                                      Tap  each packet that passes, both ways (recording)
//
//	                   seat of an agent
//	  up    session ---> [law] ---> leg.up    ---> Asterisk      SSRC, numbers and time of our own: a reload is no seam
//	  down  session.down <--- [law] <--- leg  <--- Asterisk      a transfer, a hold, another call: one stream to the browser
//	          ^                          ^
//	          Open replaces it           Leg makes it, Connect and Disconnect open and close it, Release forgets it
//
// A session is standing: it is opened at the beginning of a shift and lives through calls. In between nothing is sent to the
// browser, and what it sends goes nowhere. A leg is registered while its agent still rings: until sound is to flow, and whenever the
// browser has none to give, Asterisk is sent silence from the one socket, so that its strict RTP knows us and the bridge never starves.
// Because legs are told apart by where they come from, a new process on the same port goes on with the legs of the one that died.
//
// The sound is G.711 from end to end. Payloads pass as they are; only if a browser takes the other law they go through a table.
// Digits never travel here: they are Asterisk's to send, by ARI.
package softphone
