"""What a source would make of a sample."""
