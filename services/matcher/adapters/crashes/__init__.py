"""Crashes that name the message in hand, and the messages set aside for it."""
