"""Alerts in the Common Alerting Protocol, version 1.2."""
