"""Routing: which receivers an alert goes to, by a tree as Alertmanager's."""
