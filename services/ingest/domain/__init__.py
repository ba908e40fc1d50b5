"""Decisions only: no clock, no I/O, no client library."""
