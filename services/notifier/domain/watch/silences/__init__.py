"""Silences: alerts that are not notified for a time, as Alertmanager has them."""
