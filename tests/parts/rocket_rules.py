"""A pack's file of rules that count rockets on one place."""

ROCKETS_ON_ONE_PLACE = """
title: Rocket fire
name: rocket_fire
logsource: {category: report}
detection:
  rockets: {words|phrase: [rocket*]}
  condition: rockets
level: low
---
title: Rockets on one place
name: rocket_campaign
correlation:
  type: event_count
  rules: [rocket_fire]
  group-by: [place]
  timespan: 1h
  condition: {gte: %d}
level: medium
alert:
  summary: "{{ value }} rockets on {{ place }}"
"""
"""Fires at so many of them within an hour."""
