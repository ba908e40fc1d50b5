"""Groups: which alerts are one message, when it is sent, and what changes it."""
