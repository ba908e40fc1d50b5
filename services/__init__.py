"""Ingest, matcher and notifier: they meet in Kafka topics and nowhere else."""
