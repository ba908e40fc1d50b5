"""The names of all receivers that may be configured."""

CHANNEL = "slack"
DUTY_CHANNEL = "slack-duty"
DIGEST_CHANNEL = "slack-digest"
PAGER = "pagerduty"
WEBHOOK = "webhook"
TERMINAL = "console"

ALL_RECEIVERS = (CHANNEL, DUTY_CHANNEL, DIGEST_CHANNEL, PAGER, WEBHOOK, TERMINAL)
ONE_BY_ONE = frozenset({PAGER, WEBHOOK})
"""Those that get each alert by itself, whatever groups a route makes."""
