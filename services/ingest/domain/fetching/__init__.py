"""What may be fetched from whom, and within which bounds."""
