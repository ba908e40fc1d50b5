"""Which reports are one story: copies and light rewrites of one wire."""
