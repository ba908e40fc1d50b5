"""What is said: who does what to whom in one sentence, and whether it is asserted."""
