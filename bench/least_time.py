"""The time of the processor that a piece of work takes, where others use the machine too."""

import time
from collections.abc import Callable

ROUNDS = 5


def least_time(work: Callable[[], object]) -> float:
    """Seconds of the processor; the least of some rounds."""
    spent = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
    return min(spent)
