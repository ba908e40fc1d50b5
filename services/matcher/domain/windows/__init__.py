"""What is kept for one rule and group, and the times at which it fires."""
