"""Corrections of events: which version of a report counts."""
