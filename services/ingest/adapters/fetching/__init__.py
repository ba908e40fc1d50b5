"""Fetching over HTTP from strangers."""
