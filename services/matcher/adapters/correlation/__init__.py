"""From signals to alerts: each message through the states of this worker."""
