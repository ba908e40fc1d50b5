"""The one place where the parts of this service are joined."""
