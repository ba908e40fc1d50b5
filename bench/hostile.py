"""Cost against size: `python -m bench.hostile` (`make bench-hostile`).

Each kind of text, request and rule is measured at several sizes, in turns, in time of the
processor. The exponent is the slope of cost over size, least squares on logarithms of medians.
Where a bound refuses the larger sizes, so that they cost less, it is the slope up to the
costliest. A kind past the limit is measured again with more passes, since a busy machine makes
noise. Exit code 1 if one is past it then, or takes too long to be measured at every size.
"""

import argparse
import gc
import math
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median

from bench.hostile_inputs import REQUESTS, RULES, check_rules, take_request
from bench.hostile_texts import hostile_rulebook, list_kinds, match_kind

KIB = 1024
SIZES = (4, 8, 16, 32, 64)
RULE_SIZES = (32, 64, 128, 256, 512)
"""A folder of rules is larger than a report."""
LIMIT = 1.15
PASSES = 3
AGAIN = 9
LONGEST = 10.0
"""Seconds of one measurement after which larger sizes are left out."""
LEAST_POINTS = 3
LEAST = 1e-3
"""Seconds that a measurement takes at least, by repetition."""

Make = Callable[[int], Callable[[], object]]


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds by size in KiB."""

    name: str
    seconds: Mapping[int, float]
    sizes: Sequence[int] = SIZES

    @property
    def exponent(self) -> float:
        """The power of the size that the cost grows with."""
        if len(self.seconds) < len(self.sizes):
            return math.inf
        costliest = max(self.seconds, key=self.seconds.__getitem__)
        rising = {size: cost for size, cost in self.seconds.items() if size <= costliest}
        return fit_exponent(rising if len(rising) >= LEAST_POINTS else self.seconds)

    @property
    def is_linear(self) -> bool:
        """Whether it is within the limit."""
        return self.exponent <= LIMIT


def fit_exponent(seconds: Mapping[int, float]) -> float:
    """The slope of a line through the logarithms of size and seconds, by least squares."""
    points = [(math.log(size), math.log(cost)) for size, cost in seconds.items()]
    x_mean = sum(x for x, _ in points) / len(points)
    y_mean = sum(y for _, y in points) / len(points)
    covariance = sum((x - x_mean) * (y - y_mean) for x, y in points)
    return covariance / sum((x - x_mean) ** 2 for x, _ in points)


def measure_cost(name: str, make: Make, passes: int) -> Cost:
    """The medians of so many passes over all sizes."""
    sizes = sizes_of(name)
    works = {size: make(size * KIB) for size in sizes}
    works[sizes[0]]()  # what is loaded once is no cost of the kind
    times: dict[int, list[float]] = {}
    for _ in range(passes):
        for size, work in works.items():
            times.setdefault(size, []).append(_time(work))
            if times[size][-1] > LONGEST:
                return Cost(name, {size: median(times[size]) for size in times}, sizes)
    return Cost(name, {size: median(of_size) for size, of_size in times.items()}, sizes)


def sizes_of(name: str) -> Sequence[int]:
    """The sizes in KiB at which a kind is measured."""
    return RULE_SIZES if name.startswith("rules: ") else SIZES


def _time(work: Callable[[], object]) -> float:
    """Seconds of the processor for one time, without the collector: its cost grows in steps."""
    gc.collect()
    gc.disable()
    began, count = time.process_time(), 0
    while (spent := time.process_time() - began) < LEAST or not count:
        work()
        count += 1
    gc.enable()
    return spent / count


def main() -> None:
    """Measure and print every kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="kinds with this in their name")
    only = parser.parse_args().only
    past = [cost.name for cost in _measure(only) if not cost.is_linear]
    print(f"\npast {LIMIT}: {', '.join(past) or 'none'}")
    sys.exit(1 if past else 0)


def _measure(only: str) -> Iterator[Cost]:
    kinds = {name: make for name, make in _kinds() if only in name}
    gc.freeze()
    shown: Sequence[int] = ()
    for name, make in kinds.items():
        if shown != (shown := sizes_of(name)):
            print(_head(shown))
        cost = measure_cost(name, make, PASSES)
        if not cost.is_linear and cost.exponent < math.inf:
            cost = measure_cost(name, make, AGAIN)
        print(_line(cost), flush=True)
        yield cost


def _kinds() -> Iterator[tuple[str, Make]]:
    rulebook = hostile_rulebook()
    for kind in list_kinds():
        yield f"text: {kind.name}", partial(match_kind, rulebook, kind)
    for name in REQUESTS:
        yield f"request: {name}", partial(take_request, name)
    for name in RULES:
        yield f"rules: {name}", partial(check_rules, name)


def _head(of_sizes: Sequence[int]) -> str:
    sizes = "".join(f"{f'{size} KiB':>10}" for size in of_sizes)
    return f"{'milliseconds of the processor':40}{sizes}{'exponent':>10}{f'≤ {LIMIT}':>8}"


def _line(cost: Cost) -> str:
    cells: Sequence[str] = [
        f"{cost.seconds[size] * 1000:10.2f}" if size in cost.seconds else f"{'-':>10}"
        for size in cost.sizes
    ]
    answer = "yes" if cost.is_linear else "NO"
    return f"{cost.name:40}{''.join(cells)}{cost.exponent:10.2f}{answer:>8}"


if __name__ == "__main__":
    main()
