"""One form for the YAML files of rule packs: their layout, never their words."""
