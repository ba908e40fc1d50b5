"""Files of rows or JSON lines → items, in any number of sittings."""
