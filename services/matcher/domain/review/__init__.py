"""Review: what a change of rules would have done to past events. Pure."""
