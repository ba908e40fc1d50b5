"""Runs one rule type of elastalert2, in an environment of its own: JSON in, JSON out.

In: `type`, `options` (time spans in seconds), `rows` of `at` (seconds) and fields, and `every`:
seconds between the runs that collect garbage, or null for none. Out: for each match when it was
made (the row or run then at hand) and whose it is.
"""

import importlib
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

STAMP = "@timestamp"


def matched(asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    options = asked["options"] | {"timestamp_field": STAMP}
    options["timeframe"] = timedelta(seconds=options["timeframe"])
    rule = getattr(importlib.import_module("elastalert.ruletypes"), asked["type"])(options)
    for at, row in moments(asked["rows"], asked["every"]):
        stamp = datetime.fromtimestamp(at, UTC)
        if row is None:
            rule.garbage_collect(stamp)
        else:
            rule.add_data([row | {STAMP: stamp}])
        for match in rule.matches:
            yield {"at": at, "key": match.get("key", match.get(options["query_key"]))}
        rule.matches.clear()


def moments(
    rows: list[dict[str, Any]], every: float | None
) -> Iterable[tuple[float, dict[str, Any] | None]]:
    """Every row as it comes, and every run after the rows up to its time."""
    run = rows[0]["at"] + every if every else float("inf")
    for row in rows:
        while run < row["at"]:
            yield run, None
            run += every or 0
        yield row["at"], row


if __name__ == "__main__":
    json.dump(list(matched(json.load(sys.stdin))), sys.stdout)
