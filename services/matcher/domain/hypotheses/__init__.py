"""Courses of action: what their indicators come to, and the alerts of that."""
