"""Everything on one machine: an embedded broker, Redis and the three services."""
