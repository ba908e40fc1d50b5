"""What people press in Slack, over HTTP."""
