"""The state of one rule and group, and the times at which it fires."""
