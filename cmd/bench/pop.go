package main

type popCommand struct{}

func (popCommand) Run() error { return nil }
