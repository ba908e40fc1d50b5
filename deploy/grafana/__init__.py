"""Grafana's dashboards, built from Python."""
