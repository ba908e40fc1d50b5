"""Past events for `vedette rules diff` and `explain`: `python -m bench.past_events COUNT > FILE`.

Reports of `bench.reports`, over 90 days; every thirtieth has the text of a labelled report of
`rules/iraq-2020`, so that its rules have something to fire at. The same in every run.
"""

import json
import sys
from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle
from pathlib import Path

from bench.reports import START, reports, tongues

LABELLED = Path("rules/iraq-2020/labelled")
LENGTH = 300
SPAN = timedelta(days=90)
ONE_IN = 30


def past_events(count: int) -> Iterator[dict[str, object]]:
    """`count` events in order of time, `e0` the first."""
    known = cycle(_labelled_texts())
    for number, body in enumerate(map(json.loads, reports(tongues(), count, LENGTH))):
        at = (START + SPAN * number / count).isoformat()
        texts = {"title": body["title"], "text": body["text"]}
        if number % ONE_IN == 0:
            texts = {"text": next(known)}
        yield {
            "id": f"e{number}",
            "source": body["source"],
            "occurred_at": at,
            "recorded_at": at,
        } | texts


def _labelled_texts() -> list[str]:
    files = (LABELLED / name for name in ("kinds.jsonl", "seen.jsonl"))
    lines = (line for file in files for line in file.read_text("utf-8").splitlines())
    return [json.loads(line)["text"] for line in lines]


if __name__ == "__main__":
    for event in past_events(int(sys.argv[1])):
        print(json.dumps(event, ensure_ascii=False))
