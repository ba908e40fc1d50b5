"""`vedette doctor`: what a duty engineer would look at, in one command, with what to do."""
