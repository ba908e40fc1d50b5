"""The names of all receivers that may be configured."""

CHANNEL = "slack"
DUTY_CHANNEL = "slack-duty"
DIGEST_CHANNEL = "slack-digest"
PAGER = "pagerduty"
TERMINAL = "console"

ALL_RECEIVERS = (CHANNEL, DUTY_CHANNEL, DIGEST_CHANNEL, PAGER, TERMINAL)
