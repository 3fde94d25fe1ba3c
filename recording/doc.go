// Package recording keeps what was said: from the packets of a call to a file in the spool, and from there, state by state, to an
// object that is verified, held, redacted or purged. It knows nothing of browsers, databases or S3; those are told through plain
// types and the [Bucket] interface.
//
//	tap (media goroutines)             capture (one goroutine a call)                        jobs
//
//	Client(packet) --+   bounded                +--------+    pwrite   CALL.wav  stereo G.711
//	                 +--> queue --> placement -->| buffer |-- 0.5 s --> CALL.json at, law, gaps, marks --> Sum, Peaks --> Bucket
//	Agent(packet)  --+   (never    by timestamp +--------+                                                              |
//	                      waits)   and arrival                              the spool file goes only when verified <----+
//
// Time in the file is time in the call: second 90 of the file is second 90 after the time that Begin was given, whatever was lost,
// held, transferred or restarted on the way. What did not arrive is silence. The left channel is the client, the right one the agent.
//
//	capturing --> spooled --> uploading --> verified --> held <--> verified
//	    |            ^  |         |            |  |        |
//	    |            |  +---------+            |  +--> redacted --> purged
//	    +--> failed -+------------+            +------------------> purged
//
// A process that dies leaves a file that is whole up to its last half second. Begin for the same call goes on with it and marks the
// gap; Scan repairs the files of calls that are over.
package recording
