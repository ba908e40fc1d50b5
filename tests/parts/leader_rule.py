"""A pack's file of a rule that alerts, and pages, at every leader who is appointed."""

LEADER_APPOINTED = """
title: A leader is appointed
name: leader_appointed
logsource: {category: report}
detection:
  named: {words|phrase: [appoint* leader ~3]}
  condition: named
level: critical
alert:
  summary: "A leader is named: {{ title }}"
"""
