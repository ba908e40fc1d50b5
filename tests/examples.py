"""How many examples a random test tries."""

from hypothesis import settings


def scale_examples(number: int) -> int:
    """So many in the suite, whose default is 100; as many times more by the profile `explore`."""
    return number * settings().max_examples // 100
