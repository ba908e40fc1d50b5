"""The reader as a process: events in, suspected signals out."""
