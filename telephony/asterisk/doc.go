// Package asterisk connects a switchboard to one Asterisk by ARI.
//
// Asterisk dials us: a persistent outbound websocket brings its events, in order and with what was queued while we were
// away; commands go back by REST.
//
//	Asterisk ==websocket==> socket --raw--> queue --> decode --> telephony.Switchboard
//	Asterisk <====REST===== PBX.Do <------------------ commands of a call's worker
//	         <====REST===== sign of life each second, reconcile on connect, 2 s later and every 30 s
//
// Of CyCoreSystems/ari/v5 only the REST client is used. Its event types leave out what we need (channel variables, SIP
// causes) and its reader dies on an event that it does not know, so events are read by a few structs of our own; what we
// do not know is counted by type and let go.
package asterisk
