"""A rule pack's timeline, replayed through the running stack on the recorded clock."""

import json
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from rich.console import Console

from cli.faults import Unusable
from cli.posting import Ingest, Line, Posted
from cli.replay import progress_bar, read_lines
from cli.stack.stop import Stop
from cli.stack.watch import Seen
from schemas.event import replayed_at
from schemas.model import Instant

TIMELINE = "timeline.jsonl"
EXPECTED = "timeline.expect"
PER_SECOND = 20
SETTLE_WITHIN = 30.0
QUIET_FOR = 1.0

Accepted = Mapping[tuple[str, str], datetime]
"""When each event was posted, by source and id."""

_INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)


@dataclass(frozen=True, slots=True)
class Story:
    """What is replayed, and the names of the rules that must have fired after it."""

    lines: Sequence[Line]
    expected: frozenset[str]

    @property
    def ends_at(self) -> datetime:
        """The newest recorded time in it."""
        return max(_recorded_times(self.lines), default=datetime.min.replace(tzinfo=UTC))


def read_story(rules: Path) -> Story:
    """The pack's timeline; `timeline.expect` beside it names a rule a line, and may be missing.

    Raises:
        Unusable: the pack has no timeline, or it is empty.
    """
    lines = read_lines(str(rules / TIMELINE))
    if not lines:
        raise Unusable(f"{rules / TIMELINE}: no event in it")
    expected: list[str] = []
    with suppress(FileNotFoundError):
        expected = (rules / EXPECTED).read_text(encoding="utf-8").split()
    return Story(lines, frozenset(expected))


def play(story: Story, ingest: Ingest, stop: Stop, console: Console) -> list[Posted]:
    """Post the story line by line, some 20 a second, under a progress bar."""
    posted: list[Posted] = []
    with progress_bar(console, "replay", len(story.lines)) as (progress, task):
        for line in story.lines:
            posted += ingest.post([line])
            if (fault := posted[-1].fault) is not None:
                said = f"{TIMELINE} line {line.number}: {fault}"
                console.print(said, markup=False, highlight=False, soft_wrap=True)
            progress.advance(task)
            stop.sleep(1 / PER_SECOND)
    return posted


def settle(story: Story, seen: Seen, stop: Stop) -> None:
    """Return when all that the story's last time implies has been shown, 30 seconds at most."""
    deadline = time.monotonic() + SETTLE_WITHIN
    quiet_since, messages = time.monotonic(), seen.messages
    while time.monotonic() < deadline:
        if seen.messages != messages or not _is_through(story, seen):
            quiet_since, messages = time.monotonic(), seen.messages
        if time.monotonic() - quiet_since > QUIET_FOR:
            return
        stop.sleep(0.05)


def accepted(posted: Collection[Posted]) -> Accepted:
    """When each event that ingest took was posted."""
    return {
        (one.source, one.id): one.at
        for one in posted
        if one.fault is None and one.source is not None and one.id is not None
    }


def missing(story: Story, seen: Seen) -> frozenset[str]:
    """The rules that should have fired and whose alert was not shown."""
    shown = seen.shown_ids
    fired = {alert.rule.name for alert in seen.final.values() if alert.id in shown}
    return story.expected - fired


def _is_through(story: Story, seen: Seen) -> bool:
    return seen.ticked is not None and seen.ticked >= story.ends_at and seen.all_shown


def _recorded_times(lines: Sequence[Line]) -> Iterator[datetime]:
    now = datetime.now(UTC)
    for line in lines:
        # what is no event is refused by ingest, which says so
        with suppress(json.JSONDecodeError, ValidationError):
            body: Any = json.loads(line.raw)
            if isinstance(body, dict):
                yield _INSTANT.validate_python(replayed_at(body, now))
