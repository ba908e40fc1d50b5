"""Environment → settings of this service."""
