"""The load: reports at a steady rate in batches, each repeated until ingest has accepted it."""

import queue
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from heapq import heappop, heappush
from itertools import count
from typing import Any

import httpx

from tests.chaos.material import LONGEST_STORY, StoryPart, report, story
from tests.chaos.pack import RULES
from tests.chaos.record import ClientRecord
from tests.chaos.seeded import seeded_random
from tests.parts.pipeline import TOKEN, ndjson

BATCH_SECONDS = 0.1
SENDERS = 4
REQUEST_TIMEOUT = 10.0
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 4.0

Report = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LoadProfile:
    """Reports a second, stories a second among them, duration, and the rules of the stories."""

    rate: float = 500.0
    stories: float = 1.5
    seconds: float = 60.0
    rules: tuple[str, ...] = RULES


def batches(
    profile: LoadProfile, rng: random.Random, is_ending: Callable[[], bool] = lambda: False
) -> Iterator[tuple[float, list[StoryPart | None]]]:
    """A batch for every tenth of a second, with its time; None is a report without meaning.

    No story begins that could not end within `profile.seconds`, or once it `is_ending`; then it
    ends with the last story.
    """
    upcoming: list[tuple[float, int, StoryPart]] = []
    order, started, reported = count(), 0, 0
    for number in range(1, int(profile.seconds / BATCH_SECONDS) + 1):
        at = number * BATCH_SECONDS
        latest = min(at, profile.seconds - LONGEST_STORY)
        while not is_ending() and started < latest * profile.stories:
            for part in story(started, rng, profile.rules):
                heappush(upcoming, (at + part.after, next(order), part))
            started += 1
        parts: list[StoryPart | None] = []
        while upcoming and upcoming[0][0] <= at:
            parts.append(heappop(upcoming)[2])
        if is_ending() and not (parts or upcoming):
            return
        noise = max(0, int(at * profile.rate) - reported - len(parts))
        reported += noise + len(parts)
        parts += [None] * noise
        rng.shuffle(parts)
        yield at, parts


@dataclass
class ReportLoad:
    """Sends reports from threads; `record` holds what was accepted."""

    url: str
    profile: LoadProfile
    seed: int
    record: ClientRecord = field(default_factory=ClientRecord)
    _queue: "queue.SimpleQueue[list[Report]]" = field(default_factory=queue.SimpleQueue)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _ending: threading.Event = field(default_factory=threading.Event)
    _sent_all: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Send from now on; returns at once."""
        for act in (self._make_batches, *[self._send_batches] * SENDERS):
            threading.Thread(target=act, daemon=True).start()

    def stop(self) -> None:
        """Stop sending; what is not accepted yet is given up."""
        self._stopping.set()

    def wind_down(self) -> None:
        """Begin no more stories, and end with the last of those that have begun; does not block."""
        self._ending.set()

    @property
    def is_over(self) -> bool:
        """Whether every batch is made; it may not be accepted yet."""
        return self._sent_all.is_set()

    @property
    def is_drained(self) -> bool:
        """Whether every report is accepted or refused."""
        return self.is_over and not self.record.waiting

    def _make_batches(self) -> None:
        rng = seeded_random("load", self.seed)
        start, number = time.monotonic(), 0
        for at, parts in batches(self.profile, rng, self._ending.is_set):
            if self._stopping.wait(max(0.0, start + at - time.monotonic())):
                break
            self._queue.put(
                [self._make_report(number + index, part, rng) for index, part in enumerate(parts)]
            )
            number += len(parts)
        self._sent_all.set()

    def _make_report(self, number: int, part: StoryPart | None, rng: random.Random) -> Report:
        now = time.time()
        identity = (part and part.name) or f"r-{number:07}"
        self.record.note_sent(identity, part, now)
        return report(identity, part, datetime.fromtimestamp(now, UTC).isoformat(), rng)

    def _send_batches(self) -> None:
        with httpx.Client(
            headers={"authorization": f"Bearer {TOKEN}", "content-type": "application/x-ndjson"},
            timeout=REQUEST_TIMEOUT,
        ) as client:
            while not self._stopping.is_set():
                try:
                    reports = self._queue.get(timeout=BATCH_SECONDS)
                except queue.Empty:
                    continue
                self._send_until_accepted(client, reports)

    def _send_until_accepted(self, client: httpx.Client, reports: Sequence[Report]) -> None:
        pause = FIRST_PAUSE
        while reports and not self._stopping.is_set():
            reports = self._post(client, reports)
            if reports:
                self._stopping.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    def _post(self, client: httpx.Client, reports: Sequence[Report]) -> Sequence[Report]:
        """Post the reports; those that are to be sent again."""
        self.record.note_attempt()
        try:
            answer = client.post(f"{self.url}/v1/events", content=ndjson(reports))
            results = answer.json().get("results", [])
        except (httpx.HTTPError, ValueError):
            return reports
        if len(results) != len(reports):
            return reports
        outcomes = [
            (result["status"], report) for result, report in zip(results, reports, strict=True)
        ]
        now = time.time()
        self.record.note_accepted(
            (report["id"] for status, report in outcomes if status == "accepted"), now
        )
        self.record.note_refused(report["id"] for status, report in outcomes if status == "refused")
        return [report for status, report in outcomes if status not in ("accepted", "refused")]
