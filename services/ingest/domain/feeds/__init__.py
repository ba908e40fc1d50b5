"""Feeds (RSS, Atom, JSON Feed) → their items."""
