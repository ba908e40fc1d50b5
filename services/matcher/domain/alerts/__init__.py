"""Episodes of firing times, and the alerts that they are announced by."""
