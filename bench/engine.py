"""The engine alone: `python -m bench.engine` (`make bench-engine`), without Kafka, ratios first.

Every configuration lives in a process of its own; they are measured in turns, and medians over the
rounds are told. Costs are time of the processor, from the bytes of an event to its signals; what
an alert costs afterwards is not in it. Each pass is made twice and the second one counted, since a
process that had to wait for its turn begins with cold caches; the reports repeat, so these are
warmer than live. What is built is kept out of the garbage collector's way. Numbers of other runs
or machines say little beside these: compare the ratios. `bench.reports` says how reports and rules
are made.
"""

import argparse
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench import report

RULES = (10, 100, 1_000, 10_000)
ALIASES = (0, 10_000, 100_000)
LENGTHS = (300, 2000)
PEERS = Path(".cache/peers/bin/python")
PEER_KINDS = ("FrequencyRule", "CardinalityRule", "SpikeRule", "FlatlineRule")
Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class EnginePlan:
    """What is measured: configurations of rules and aliases, and numbers of peer rules."""

    configurations: tuple[tuple[int, int], ...]
    peer_rules: tuple[int, ...]
    rounds: int


class EngineProcess:
    """A process that answers each line that it is sent by a line of JSON."""

    def __init__(self, words: Sequence[str]) -> None:
        self._process = subprocess.Popen(  # noqa: S603  (our own children)
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def request(self, line: str) -> Figures:
        """Its answer to a line. Blocks until it comes."""
        assert self._process.stdin is not None  # noqa: S101  (it is a pipe)
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self.read_answer()

    def read_answer(self) -> Figures:
        """Its next line."""
        assert self._process.stdout is not None  # noqa: S101  (it is a pipe)
        answer: Figures = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()


def main() -> None:
    """Measure, print, and write the numbers to a file."""
    arguments = _arguments()
    plan = _plan(quick=arguments.quick, rounds=arguments.rounds)
    with _children(plan) as (engines, peer):
        builds = {name: child.read_answer() for name, child in engines.items()}
        peer.read_answer()
        rounds = [_round(engines, peer, plan, number) for number in range(plan.rounds)]
    table = _medians(rounds)
    print("\n".join(_lines(table, plan)))
    result = {
        "arguments": vars(arguments),
        "machine": report.machine(),
        "builds": {_name(*name): built for name, built in builds.items()},
        "median": table,
        "rounds": rounds,
    }
    print(f"\nwritten to {os.path.relpath(report.write(result))}")


def _plan(*, quick: bool, rounds: int | None) -> EnginePlan:
    if quick:
        return EnginePlan(tuple((rules, 0) for rules in RULES), (1, 10, 100), rounds or 3)
    every = tuple((rules, aliases) for aliases in ALIASES for rules in RULES)
    return EnginePlan(every, (1, 10, 100, 1_000), rounds or 5)


@contextmanager
def _children(
    plan: EnginePlan,
) -> Iterator[tuple[Mapping[tuple[int, int], EngineProcess], EngineProcess]]:
    """All processes; they build at the same time and are measured one at a time."""
    with ExitStack() as stack:

        def start(words: Sequence[str]) -> EngineProcess:
            child = EngineProcess(words)
            stack.callback(child.close)
            return child

        engines = {
            name: start([sys.executable, "-m", "bench.engine_child", *map(str, name)])
            for name in plan.configurations
        }
        script = str(Path(__file__).with_name("elastalert_child.py"))
        yield engines, start([str(PEERS), "-W", "ignore", script])


def _round(
    engines: Mapping[tuple[int, int], EngineProcess],
    peer: EngineProcess,
    plan: EnginePlan,
    number: int,
) -> dict[str, Figures]:
    print(f"round {number + 1} of {plan.rounds}", file=sys.stderr, flush=True)
    names = list(engines)
    shift = number * 5 % len(names)
    figures = {
        f"{_name(*name)}/{length}": engines[name].request(str(length))
        for name in (*names[shift:], *names[:shift])
        for length in LENGTHS
    }
    for kind in PEER_KINDS:
        for rules in plan.peer_rules:
            figures[f"{kind}/{rules}"] = peer.request(f"{kind} {rules}")
    return figures


def _name(rules: int, aliases: int) -> str:
    return f"{rules}/{aliases}"


def _medians(rounds: Sequence[Mapping[str, Figures]]) -> dict[str, Figures]:
    cells: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for table in rounds:
        for row, figures in table.items():
            for name, figure in figures.items():
                cells[row][name].append(figure)
    return {
        row: {name: median(figures) for name, figures in columns.items()}
        for row, columns in cells.items()
    }


def _lines(table: Mapping[str, Figures], plan: EnginePlan) -> Iterator[str]:
    yield from _ratio_lines(table, plan)
    yield ""
    yield from _engine_lines(table, plan)
    yield ""
    yield from _peer_lines(table, plan)


def _ratio_lines(table: Mapping[str, Figures], plan: EnginePlan) -> Iterator[str]:
    few, many = RULES[0], RULES[-1]
    yield f"{f'cost of {many:,} rules beside {few}':40}{'300 chars':>12}{'2,000 chars':>12}"
    for aliases in dict.fromkeys(aliases for _, aliases in plan.configurations):
        cells = (
            table[f"{many}/{aliases}/{length}"]["us"] / table[f"{few}/{aliases}/{length}"]["us"]
            for length in LENGTHS
        )
        yield f"{f'{aliases:,} aliases':40}" + "".join(f"{cell:12.2f}" for cell in cells)


def _engine_lines(table: Mapping[str, Figures], plan: EnginePlan) -> Iterator[str]:
    heads = f"{'rules, aliases':26}{'chars':>6}{'events/s':>10}{'µs':>8}{'of floor':>10}"
    yield f"{heads}{'decode µs':>11}{'signals':>9}{'MiB':>6}"
    for rules, aliases in plan.configurations:
        for length in LENGTHS:
            cost = table[f"{_name(rules, aliases)}/{length}"]
            title = f"{rules:,}, {aliases:,}"
            yield (
                f"{title:26}{length:6}{1e6 / cost['us']:10,.0f}{cost['us']:8.1f}"
                f"{cost['us'] / cost['decode_us']:10.1f}{cost['decode_us']:11.1f}"
                f"{cost['signals']:9.3f}{cost['rss_mib']:6.0f}"
            )


def _peer_lines(table: Mapping[str, Figures], plan: EnginePlan) -> Iterator[str]:
    heads = "".join(f"{f'{rules:,} rules':>12}" for rules in plan.peer_rules)
    yield f"{'elastalert2, events/s':26}{heads}"
    for kind in PEER_KINDS:
        cells = (1e6 / table[f"{kind}/{rules}"]["us"] for rules in plan.peer_rules)
        yield f"{kind:26}" + "".join(f"{cell:12,.0f}" for cell in cells)


def _arguments() -> Any:
    parser = argparse.ArgumentParser(prog="python -m bench.engine", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="no aliases, under a minute")
    parser.add_argument("--rounds", type=int, help="5, or 3 when quick")
    return parser.parse_args()


if __name__ == "__main__":
    main()
