"""Rules from files and from their topic, put in force while the worker runs."""
