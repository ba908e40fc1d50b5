"""Detection rules: their tests, and the view of an event that they evaluate."""
