"""Starts the service."""
