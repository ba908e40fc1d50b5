"""The worker, which fetches the sources that do not send."""
