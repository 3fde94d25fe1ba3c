package softphone

// Figures are what there is to say about all of a gateway's sound at one moment.
type Figures struct {
	Sessions  int    // browsers that are connected or about to be
	Legs      int    // of Asterisk
	Unclaimed uint64 // packets from Asterisk that no leg claimed, since the start
	Lost      uint64 // packets that browsers sent and that never came, since the start
}

// Figures counts.
func (g *Gateway) Figures() Figures {
	return Figures{Sessions: len(g.sessions()), Legs: len(*g.legs.Load()), Unclaimed: g.lost.Load(), Lost: g.gaps.Load()}
}
