"""What a hit costs a window: `python -m bench.windows` (`make bench-windows`).

For each type of rule: a hit behind all others, of a window that holds 10 to 10,000 within its
timespan and fires; then hits ten to a timespan, in order, reversed, shuffled, and retracted one by
one, and with all of them in one timespan (`at once`). `--full` has more of them, and takes an hour.
Costs are time of the processor from the signal to the writes of the table, alerts rendered.
Exponents are the slope of cost over number, least squares on logarithms. Each tree is measured in a
process of its own, in turns: this one, and with `--beside` that of a commit.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from bench import report
from bench.engine import EngineProcess
from bench.hostile import fit_exponent
from bench.windows_child import KINDS

HELD = (10, 100, 1_000, 10_000)
COUNTS = (100, 200, 400)
FULL_HELD = (*HELD, 100_000)
FULL_COUNTS = (200, 400, 800, 1_600)
HELD_IN_MEMORY = 1_000
ORDERS = (
    *("in order", "reversed", "shuffled", "retracted"),
    *("reversed at once", "retracted at once"),
)
LONGEST_ORDER = 10
"""Seconds of hits in an order beyond which no more of them are measured."""
LONGEST = 100_000
"""Microseconds of a hit beyond which a window is not made larger."""
ROOT = Path(__file__).parents[1]
Costs = dict[int, float]


class Tree:
    """The windows of one tree, in a process of its own."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        script = str(Path(__file__).with_name("windows_child.py"))
        self.process = EngineProcess(["env", f"PYTHONPATH={folder}", sys.executable, script])

    def measure_hits(self, kind: str, held: Sequence[int]) -> Costs:
        """Microseconds of a hit by the number of hits held."""
        costs: Costs = {}
        for number in held:
            if not costs or max(costs.values()) * number / max(costs) < LONGEST:
                answer = self._request(kind=kind, held=number)
                if not answer:
                    return {}
                costs[number] = answer["us"]
        return costs

    def measure_memory(self, kind: str, held: int) -> float | None:
        """Bytes a hit of a window that holds so many; None if the tree does not know the kind."""
        return self._request(kind=kind, held=held, memory=True).get("bytes")

    def measure_order(self, kind: str, order: str, counts: Sequence[int]) -> Costs:
        """Seconds for so many hits in an order."""
        costs: Costs = {}
        for count in counts:
            if len(costs) < 2 or sum(costs.values()) < LONGEST_ORDER:  # noqa: PLR2004  (a slope)
                answer = self._request(kind=kind, order=order, count=count)
                if not answer:
                    return {}
                costs[count] = answer["s"]
        return costs

    def _request(self, **request: Any) -> Mapping[str, Any]:
        return self.process.request(json.dumps(request))


def main() -> None:
    """Measure, print, and write the numbers to a file."""
    arguments = _arguments()
    kinds = [kind for kind in KINDS if arguments.only in kind]
    with _trees(arguments.beside) as trees:
        result = {
            "arguments": vars(arguments),
            "machine": report.machine(),
            "hits": _print_hits(trees, kinds, FULL_HELD if arguments.full else HELD),
            "memory": _print_memory(trees, kinds),
            "orders": _print_orders(trees, kinds, FULL_COUNTS if arguments.full else COUNTS),
        }
    print(f"\nwritten to {os.path.relpath(report.write(result))}")


def _print_hits(
    trees: Sequence[Tree], kinds: Sequence[str], held: Sequence[int]
) -> Mapping[str, Mapping[str, Costs]]:
    heads = "".join(f"{number:>10,}" for number in held)
    print(f"{'one hit in order, µs, by hits held':44}{heads}{'exponent':>10}", flush=True)
    costs: dict[str, dict[str, Costs]] = {}
    for kind in kinds:
        for tree in trees:
            by_held = tree.measure_hits(kind, held)
            costs.setdefault(tree.name, {})[kind] = by_held
            cells = "".join(
                f"{by_held[number]:10,.0f}" if number in by_held else f"{'-':>10}"
                for number in held
            )
            if by_held:
                title = _title(kind, tree, trees)
                print(f"{title:44}{cells}{fit_exponent(by_held):10.2f}", flush=True)
    return costs


def _print_orders(
    trees: Sequence[Tree], kinds: Sequence[str], counts: Sequence[int]
) -> Mapping[str, Mapping[str, Mapping[str, Costs]]]:
    heads = "".join(f"{order:>18}" for order in ORDERS)
    print(f"\n{f'{counts[-1]:,} hits, µs each, and the exponent':44}{heads}", flush=True)
    costs: dict[str, dict[str, dict[str, Costs]]] = {}
    for kind in kinds:
        for tree in trees:
            by_order = {order: tree.measure_order(kind, order, counts) for order in ORDERS}
            if not all(by_order.values()):
                continue
            costs.setdefault(tree.name, {})[kind] = by_order
            cells = "".join(
                f"{_cost_of_one(by_count):10,.0f}{fit_exponent(by_count):8.2f}"
                for by_count in by_order.values()
            )
            print(f"{_title(kind, tree, trees):44}{cells}", flush=True)
    return costs


def _cost_of_one(by_count: Costs) -> float:
    """Microseconds of each of the most hits."""
    most = max(by_count)
    return by_count[most] / most * 1e6


def _print_memory(trees: Sequence[Tree], kinds: Sequence[str]) -> Mapping[str, Mapping[str, float]]:
    print(f"\n{f'bytes a hit, of {HELD_IN_MEMORY:,} held':44}", flush=True)
    sizes: dict[str, dict[str, float]] = {}
    for kind in kinds:
        for tree in trees:
            size = tree.measure_memory(kind, HELD_IN_MEMORY)
            if size is not None:
                sizes.setdefault(tree.name, {})[kind] = size
                print(f"{_title(kind, tree, trees):44}{size:10,.0f}", flush=True)
    return sizes


def _title(kind: str, tree: Tree, trees: Sequence[Tree]) -> str:
    return kind if len(trees) == 1 else f"{kind}, {tree.name}"


@contextmanager
def _trees(beside: str | None) -> Iterator[Sequence[Tree]]:
    with ExitStack() as stack:
        folders = {"this tree": ROOT}
        if beside is not None:
            folders[beside] = Path(stack.enter_context(_check_out(beside)))
        trees = [Tree(name, folder) for name, folder in folders.items()]
        for tree in trees:
            stack.callback(tree.process.close)
        yield trees


@contextmanager
def _check_out(commit: str) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="vedette-bench-") as folder:
        command = f"git -C '{ROOT}' archive '{commit}' | tar -x -C '{folder}'"
        subprocess.run(["bash", "-o", "pipefail", "-c", command], check=True)  # noqa: S603, S607
        yield folder


def _arguments() -> Any:
    parser = argparse.ArgumentParser(prog="python -m bench.windows", description=__doc__)
    parser.add_argument("--full", action="store_true", help="up to 100,000 hits held; an hour")
    parser.add_argument("--only", default="", help="kinds with this in their name")
    parser.add_argument("--beside", help="a commit that is measured too")
    return parser.parse_args()


if __name__ == "__main__":
    main()
