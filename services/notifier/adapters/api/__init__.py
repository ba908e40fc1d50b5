"""The API of the notifier, over HTTP."""
