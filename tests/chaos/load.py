"""The load: reports at a steady rate in bundles, each sent again until ingest has accepted it."""

import queue
import random
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from heapq import heappop, heappush
from itertools import count
from typing import Any

import httpx

from tests.chaos.dice import dice
from tests.chaos.material import LONGEST_STORY, Part, report, story
from tests.chaos.pack import RULES
from tests.chaos.record import ClientRecord
from tests.parts.pipeline import TOKEN, ndjson

EVERY = 0.1
SENDERS = 4
PATIENCE = 10.0
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 4.0

Report = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LoadProfile:
    """Reports a second, stories a second among them, for how long, and of which rules."""

    rate: float = 500.0
    stories: float = 1.5
    seconds: float = 60.0
    rules: tuple[str, ...] = RULES


def bundles(pace: LoadProfile, chance: random.Random) -> Iterator[tuple[float, list[Part | None]]]:
    """Every tenth of a second what is to be reported then; None is a report without meaning.

    No story begins that could not end within the time.
    """
    ahead: list[tuple[float, int, Part]] = []
    order, started, told = count(), 0, 0
    for turn in range(1, int(pace.seconds / EVERY) + 1):
        at = turn * EVERY
        while started < min(at, pace.seconds - LONGEST_STORY) * pace.stories:
            for part in story(started, chance, pace.rules):
                heappush(ahead, (at + part.after, next(order), part))
            started += 1
        parts: list[Part | None] = []
        while ahead and ahead[0][0] <= at:
            parts.append(heappop(ahead)[2])
        noise = max(0, int(at * pace.rate) - told - len(parts))
        told += noise + len(parts)
        parts += [None] * noise
        chance.shuffle(parts)
        yield at, parts


@dataclass
class ReportLoad:
    """Sends from threads; `record` knows what was accepted."""

    url: str
    pace: LoadProfile
    seed: int
    record: ClientRecord = field(default_factory=ClientRecord)
    _queue: "queue.SimpleQueue[list[Report]]" = field(default_factory=queue.SimpleQueue)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _over: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Send from now on; returns at once."""
        for act in (self._tell, *[self._send] * SENDERS):
            threading.Thread(target=act, daemon=True).start()

    def stop(self) -> None:
        """Give up what is not accepted yet."""
        self._stopping.set()

    @property
    def over(self) -> bool:
        """Whether everything has been told; it may not be accepted yet."""
        return self._over.is_set()

    @property
    def drained(self) -> bool:
        """Whether everything was told and accepted."""
        return self.over and not self.record.waiting

    def _tell(self) -> None:
        chance = dice("load", self.seed)
        start, number = time.monotonic(), 0
        for at, parts in bundles(self.pace, chance):
            if self._stopping.wait(max(0.0, start + at - time.monotonic())):
                break
            self._queue.put(
                [self._made(number + place, one, chance) for place, one in enumerate(parts)]
            )
            number += len(parts)
        self._over.set()

    def _made(self, number: int, part: Part | None, chance: random.Random) -> Report:
        now, identity = time.time(), f"r-{number:07}"
        self.record.note_sent(identity, part, now)
        return report(identity, part, datetime.fromtimestamp(now, UTC).isoformat(), chance)

    def _send(self) -> None:
        with httpx.Client(
            headers={"authorization": f"Bearer {TOKEN}", "content-type": "application/x-ndjson"},
            timeout=PATIENCE,
        ) as client:
            while not self._stopping.is_set():
                try:
                    reports = self._queue.get(timeout=EVERY)
                except queue.Empty:
                    continue
                self._until_accepted(client, reports)

    def _until_accepted(self, client: httpx.Client, reports: Sequence[Report]) -> None:
        pause = FIRST_PAUSE
        while reports and not self._stopping.is_set():
            reports = self._tried(client, reports)
            if reports:
                self._stopping.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    def _tried(self, client: httpx.Client, reports: Sequence[Report]) -> Sequence[Report]:
        """What is still to be sent after one request."""
        self.record.note_attempt()
        try:
            answer = client.post(f"{self.url}/v1/events", content=ndjson(reports))
            results = answer.json().get("results", [])
        except (httpx.HTTPError, ValueError):
            return reports
        if len(results) != len(reports):
            return reports
        told = [(one["status"], report) for one, report in zip(results, reports, strict=True)]
        now = time.time()
        self.record.note_accepted((one["id"] for how, one in told if how == "accepted"), now)
        self.record.note_refused(one["id"] for how, one in told if how == "refused")
        return [one for how, one in told if how not in ("accepted", "refused")]
