"""Sources that are fetched: what is new of them, how far they were read, and when next."""
