"""Thin edges to the world: Kafka, Redis, HTTP, files."""
