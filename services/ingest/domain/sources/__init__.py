"""Sources as `sources/*.yaml` describes them, and what each kind makes of what it gets."""
