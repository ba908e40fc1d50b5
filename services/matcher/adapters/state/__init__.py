"""The states of this worker: the table, the replicas of its changelog, and recovery."""
