"""Chance that can be had again."""

import random


def dice(what: str, seed: int) -> random.Random:
    """The same throws for the same seed, others for each thing thrown for."""
    return random.Random(f"{what} {seed}")  # noqa: S311  (no secret)
