// Package telephony is the switchboard: what becomes of each call and of each agent, decided without any I/O.
//
// A [Call] is a plain value with its whole trail. [Next] is the only place where one changes: it takes the call, an
// [Event] and the time, and gives the changed call with the [Command] list that makes it so. [Pick] matches those who wait
// with those who are free. [Switchboard.Run] owns every live call and agent in one goroutine, gives them their events,
// hands the commands to one worker a call (they are carried out in order, and what fails comes back as an event), and
// tells each change to a [Feed].
//
//	inbound                                               outbound (click-to-call)
//
//	  Arrival                                               Dial
//	     |                                                    |  the agent's leg is made
//	     |-- no number, no plan --> ended (no_route)          v
//	     |-- outside hours ----> message --> ended (closed)  dialing ----- ClientGone --> ended (busy, no_answer, declined,
//	     v                                                    |                            wrong_number, failed)
//	  greeting                                                |---------- AgentHungUp --> ended (cancelled)
//	     |  PlayEnded, or none to play                        |---------- no leg -------> ended (agent_unreached)
//	     v                                                    |  ClientUp
//	  waiting <------------------------------.                |
//	     |   \                               |                |
//	     |    `-- longest wait over --> message --> ended (nobody_answered)
//	     |  Offered                          |                |
//	     v                                   |                |
//	  ringing -- timeout, rejected, leg gone-'                |
//	     |                                                    |
//	     |  AgentAnswered, and the leg stands                 |
//	     v                                                    |
//	  talking <-----------------------------------------------'
//	   |  ^  \ \
//	   |  |   \ `--- AgentAway --> away -- AgentBack --> talking
//	   |  |    \                    |
//	   |  |     \                   `-- too long --> waiting, at the head of the queue (inbound)
//	   |  |      \                                   message --> ended (leg_lost) (outbound)
//	   |  |       `-- ClientGone --> ended (client_hung_up)
//	   |  |        `- AgentHungUp -> ended (agent_hung_up)
//	   |  |
//	   |  `--- ResumeAsked --- held (ends as talking does)
//	   `------ HoldAsked ----> held
//
// From every state: ClientGone before an answer ends an inbound call as abandoned; AsteriskGone ends it as asterisk_lost; a
// channel that a later listing of Asterisk does not show ends it as vanished; ClientGone with Fallback, as fallback. Events come
// in any order and more than once: one that does not fit the state changes nothing. A hold whose agent's browser is gone
// ends as an absence does: the client of a hold is not forgotten either.
//
// # Agents
//
//	offline -- StartShift --> available <-- Ready, wrap-up over --.
//	   ^                        |   ^  \                          |
//	   |                offered |   |   `-- Pause --> paused -----|
//	   |                        v   |                             |
//	   |                     ringing|-- not answered --> not_responding (until a click)
//	   |                        |                                 |
//	   |                        v                                 |
//	   '-- EndShift, or       talking --------> wrap_up ----------'
//	       60 s unseen
//
// An agent whose page answers no heartbeat, or whose sound is lost, keeps the state and is offered nothing ([Agent.Free]).
//
// An agent talks by a browser, or by a desk phone ([Device]): then the leg is the telephone's own, made by [CallPhone] and up when the
// handset is lifted, nothing goes by [Phones] but the pop, a handset that is put down ends the call, and each stretch of talk is a
// [Tap] that Asterisk records. A restart of ours is nothing to it.
//
// # When Ringbook is away
//
// Each waiting client has a lease on the dialplan: 20 s when the call enters Stasis, 26 s from each renewal, which comes
// every 10 s; 4 h before a talk. A greeting and a last message have one of their own length and 26 s: Asterisk does nothing
// else on a channel that plays, so that none could be renewed. A lease that runs out takes the client to the fallback. A
// process that starts anew is given the live calls as they were stored, and what Asterisk has now ([Switchboard.Reconcile]):
// it carries on from there.
package telephony
