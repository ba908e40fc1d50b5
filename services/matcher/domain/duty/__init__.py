"""Duty alerts, and the silence of sources."""
