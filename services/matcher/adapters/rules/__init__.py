"""Rules from files and from the rules topic; they change while the worker runs."""
