"""What people do, and the alerts that they see, on Redis."""
