"""Topics: whether they are there, what comes from them and what goes to them."""
