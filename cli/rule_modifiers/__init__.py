"""The reference of modifiers, a rule with cases for each, and the page made of them."""
