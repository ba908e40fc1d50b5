"""The vocabulary that the services share: frozen models, names and formats of the wire."""
