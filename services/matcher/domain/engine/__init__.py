"""The engine of keyed state: a message and the state of a key go in, effects come out."""
