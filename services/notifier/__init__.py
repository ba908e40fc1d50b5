"""Takes alerts to Slack, pagers and consoles, each once."""
