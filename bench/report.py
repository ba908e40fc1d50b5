"""What the bench says: medians over rounds, as ratios and as they are."""

import json
import os
import platform
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median, quantiles
from typing import Any

Table = Mapping[str, Mapping[str, float]]

RESULTS = Path(__file__).parent / "results"
CUTS = {"p50": 50, "p95": 95, "p99": 99}
LIBRARIES = ("faust-streaming", "aiokafka", "kafka-python", "pydantic", "uvloop")


def medians(rounds: Iterable[Table]) -> dict[str, dict[str, float]]:
    """The median of each cell over the rounds."""
    tables = list(rounds)
    return {
        row: {name: median(table[row][name] for table in tables) for name in tables[0][row]}
        for row in tables[0]
    }


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """Milliseconds at each of CUTS, of two times or more."""
    cuts = quantiles(seconds, n=100, method="inclusive")
    return {name: 1000 * cuts[cut - 1] for name, cut in CUTS.items()}


def throughput_lines(table: Table) -> list[str]:
    """Events a second, and the share of what the agent without work takes."""
    lines = [f"{'throughput, one worker':40}{'events/s':>12}{'of no-op':>10}{'µs/event':>10}"]
    for shape, rates in table.items():
        yardstick = next(iter(rates.values()))
        for name, rate in rates.items():
            title = f"{shape}: {name}"
            lines.append(f"{title:40}{rate:12,.0f}{rate / yardstick:10.2f}{1e6 / rate:10.1f}")
    return lines


def latency_lines(table: Table) -> list[str]:
    """Milliseconds, and how many bare hops the median is."""
    lines = [f"{'latency, ms':40}{'p50':>10}{'p95':>10}{'p99':>10}{'hops':>8}"]
    hop = next(iter(table.values()))["p50"]
    for name, row in table.items():
        cells = "".join(f"{row[cut]:10.1f}" for cut in CUTS)
        lines.append(f"{name:40}{cells}{row['p50'] / hop:8.1f}")
    return lines


def recovery_lines(seconds: Mapping[str, float], entries: int) -> list[str]:
    """Seconds, microseconds an entry, and the share of what Faust takes."""
    lines = [f"{f'recovery of {entries:,} entries':40}{'s':>10}{'µs/entry':>10}{'of Faust':>10}"]
    yardstick = seconds["Faust as it comes"]
    for name, took in seconds.items():
        lines.append(f"{name:40}{took:10.2f}{took / entries * 1e6:10.1f}{took / yardstick:10.2f}")
    return lines


def machine() -> dict[str, Any]:
    """What it ran on."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "system": platform.platform(),
        "python": sys.version.split()[0],
        "libraries": {name: version(name) for name in LIBRARIES},
    }


def write(result: Mapping[str, Any]) -> Path:
    """Keep everything that was measured, each round of it; returns the file."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    path.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return path
