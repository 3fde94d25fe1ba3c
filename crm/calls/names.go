package calls

// names are what the pieces of a call are called, held in memory for the live view.
type names struct{}
