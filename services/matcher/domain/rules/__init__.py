"""The rules in force: compiled from packs, and what an event sends to their windows."""
