"""One configuration of the engine in a process of its own: `python -m bench.engine_child R A`.

It builds R rules and A aliases, says so in a line of JSON, and then answers every line that it is
sent, the length of the reports, by what a pass over them cost in time of the processor.
"""

import gc
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.reports import Tongues, pack, reports, tongues
from schemas.event import Event
from services.matcher.domain.rules.compile_pack import compile_packs
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.domain.rules.signals import make_signals

REPORTS = {300: 1500, 2000: 400}
PASSES = 2


def main() -> None:
    """Build, then measure once for each line of input."""
    rules, aliases = (int(word) for word in sys.argv[1:3])
    known, began = tongues(), time.process_time()
    rulebook = _rulebook(known, rules, aliases)
    build = {"build_s": time.process_time() - began}
    material = {length: reports(known, count, length) for length, count in REPORTS.items()}
    gc.collect()
    gc.freeze()
    _print(build)
    for line in sys.stdin:
        _print(_measure(rulebook, material[int(line)]))


def _rulebook(known: Tongues, rules: int, aliases: int) -> Rulebook:
    rulebook, faults = compile_packs([pack(known, rules, aliases)])
    if faults:
        raise ValueError(str(faults[0]))
    return rulebook


def _measure(rulebook: Rulebook, raw: Sequence[bytes]) -> dict[str, float]:
    """Microseconds an event: from bytes to signals, and for decoding alone; memory in MiB."""
    hits = 0

    def process(value: bytes) -> None:
        nonlocal hits
        hits += len(make_signals(rulebook, Event.model_validate_json(value)))

    return {
        "decode_us": _cost(Event.model_validate_json, raw),
        "us": _cost(process, raw),
        "signals": hits / PASSES / len(raw),
        "rss_mib": _resident(),
    }


def _cost(take: Callable[[bytes], Any], raw: Sequence[bytes]) -> float:
    """Microseconds a value in the last pass; in the first, the caches of the process are cold."""
    began = 0.0
    for _ in range(PASSES):
        began = time.process_time()
        for value in raw:
            take(value)
    return (time.process_time() - began) / len(raw) * 1e6


def _resident() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))


def _print(figures: dict[str, float]) -> None:
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
