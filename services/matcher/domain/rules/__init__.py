"""Rulebooks: compiled from packs; matching, and the signals of an event."""
