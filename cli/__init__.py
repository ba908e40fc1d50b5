"""The vedette command and the one-machine stack."""
