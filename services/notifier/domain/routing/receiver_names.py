"""The names of all receivers that may be configured."""

CHANNEL = "slack"
DUTY_CHANNEL = "slack-duty"
DIGEST_CHANNEL = "slack-digest"
PAGER = "pagerduty"
WEBHOOK = "webhook"
OPSGENIE = "opsgenie"
APPRISE = ("apprise", "apprise-2", "apprise-3", "apprise-4", "apprise-5")
"""In the order of the addresses."""
TERMINAL = "console"
PAGERS = {PAGER: "PagerDuty", OPSGENIE: "Opsgenie"}
"""Receivers that tell what people do there, and the names of these services."""

CHANNELS = (CHANNEL, DUTY_CHANNEL, DIGEST_CHANNEL)
ALL_RECEIVERS = (*CHANNELS, PAGER, OPSGENIE, WEBHOOK, *APPRISE, TERMINAL)
ONE_BY_ONE = frozenset({PAGER, OPSGENIE, WEBHOOK, *APPRISE})
"""Those that get each alert by itself, whatever groups a route makes."""
