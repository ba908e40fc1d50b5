"""Random numbers that a seed repeats."""

import random


def seeded_random(purpose: str, seed: int) -> random.Random:
    """The same sequence for the same seed; another one for each purpose."""
    return random.Random(f"{purpose} {seed}")  # noqa: S311  (no secret)
