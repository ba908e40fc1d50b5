"""From the rules in force to the next ones: what becomes of windows, clocks and alerts."""
