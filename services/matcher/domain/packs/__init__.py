"""Rule packs as they are written."""
