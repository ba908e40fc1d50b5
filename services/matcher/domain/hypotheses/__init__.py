"""Courses of action: their scores and levels, and the alerts of these."""
