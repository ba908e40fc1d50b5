"""Takes reports in and puts them on Kafka."""
