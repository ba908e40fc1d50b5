"""The states of this worker: the table, the copies of its changelog, and recovery."""
