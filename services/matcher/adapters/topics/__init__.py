"""Topics: records and their codecs, sending, and what Kafka says of a topic."""
