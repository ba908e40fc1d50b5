"""elastalert2's rule types in their own environment: nothing of ours is imported here.

Every line that it is sent, `RULE COUNT`, is answered by what one event costs in time of the
processor when COUNT rules of that type see it: `add_data` of one event each, windows of 200 events.
"""

import json
import sys
import time
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import Any

from elastalert.ruletypes import (  # type: ignore[import-not-found]  # in the peers' environment
    CardinalityRule,
    FlatlineRule,
    FrequencyRule,
    SpikeRule,
)

WINDOW = 200
APART = timedelta(seconds=37)
START = datetime(2020, 1, 1, tzinfo=timezone.utc)  # noqa: UP017  (as elastalert writes it)
SHARED = {"timestamp_field": "@timestamp", "timeframe": WINDOW * APART, "name": "bench"}
NEVER = 1_000_000
KINDS: dict[str, tuple[Any, dict[str, Any]]] = {
    "FrequencyRule": (FrequencyRule, {"num_events": NEVER}),
    "CardinalityRule": (CardinalityRule, {"cardinality_field": "source", "max_cardinality": NEVER}),
    "SpikeRule": (SpikeRule, {"spike_height": NEVER, "spike_type": "up"}),
    "FlatlineRule": (FlatlineRule, {"threshold": 1}),
}
LEAST_TIME = 0.15


class Rules:
    """So many rules of one type, whose windows are full."""

    def __init__(self, kind: str, rules: int) -> None:
        rule, settings = KINDS[kind]
        self._rules = [rule({**SHARED, **settings}) for _ in range(rules)]
        self._numbers = count()
        for _ in range(2 * WINDOW if kind == "SpikeRule" else WINDOW):
            self._take()

    def cost(self) -> float:
        """Microseconds an event."""
        began, taken = time.process_time(), 0
        while time.process_time() - began < LEAST_TIME:
            self._take()
            taken += 1
        return (time.process_time() - began) / taken * 1e6

    def _take(self) -> None:
        number = next(self._numbers)
        event = {"@timestamp": START + number * APART, "source": f"wire-{number % 40}"}
        for rule in self._rules:
            rule.add_data([event])


def main() -> None:
    """Answer until there is no more to answer."""
    known: dict[str, Rules] = {}
    print(json.dumps({}), flush=True)
    for line in sys.stdin:
        if line not in known:
            kind, rules = line.split()
            known[line] = Rules(kind, int(rules))
        print(json.dumps({"us": known[line].cost()}), flush=True)


if __name__ == "__main__":
    main()
