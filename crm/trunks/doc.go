// Package trunks keeps the lines to providers as data: where they are, how one logs in there, where the called number stands in
// what they send, how they want numbers written, which of our numbers they may show, what they carry and in which order they are
// tried. Asterisk is told of each change without losing a call; a password is sealed at rest and never leaves through the API.
//
// Terms: digest authentication and registration are RFC 3261 sections 22 and 10, P-Asserted-Identity RFC 3325, Diversion RFC 5806,
// P-Called-Party-ID RFC 7315, keys of SRTP in the SDP RFC 4568. A prefix is the beginning of an E.164 number with its plus, or a whole
// short number such as 112.
package trunks
