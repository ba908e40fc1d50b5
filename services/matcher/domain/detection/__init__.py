"""What a detection rule asks of one event, and the event as such a rule sees it."""
