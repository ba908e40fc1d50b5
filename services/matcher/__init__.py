"""Holds rules and windows; turns events into alerts."""
