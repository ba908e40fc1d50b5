"""Feeds, parsed in a process of their own."""
