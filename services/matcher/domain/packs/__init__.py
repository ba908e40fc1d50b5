"""Rule packs as they are written, and what is wrong with them."""
