"""What people press in Slack, over HTTP or a socket."""
