"""Episodes of firing times, and the alerts that stand for them."""
