"""Notes on rules that are no faults: what an author can hardly have meant."""
