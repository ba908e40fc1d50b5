"""ACLED: events as its API and its exports give them → reports."""
