"""A rule pack's timeline, replayed through the running stack on the recorded clock."""

import json
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import (
    AfterValidator,
    AliasChoices,
    Field,
    TypeAdapter,
    ValidationError,
)
from rich.console import Console

from cli.faults import CommandFailure
from cli.posting import Ingest, Line, Posted
from cli.replay import progress_bar, read_lines
from cli.stack.stop import Stop
from cli.stack.watch import Seen
from schemas.alert import Status
from schemas.event import replayed_at
from schemas.model import Instant, Model

TIMELINE = "timeline.jsonl"
EXPECTED = "timeline.expected.yaml"
PER_SECOND = 20
SHOWN_WITHIN = 3.0
SETTLE_WITHIN = 30.0
QUIET_FOR = 1.0

Accepted = Mapping[tuple[str, str], datetime]
"""When each event was posted, by source and id."""

_INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)


class DemoAlert(Model):
    """One alert that must stand at the end; the rest that the pack says of it is for its tests.

    The time is told to the second: the level of a hypothesis ends at a fraction of one.
    """

    rule: Annotated[str, Field(validation_alias=AliasChoices("rule", "hypothesis"))]
    starts_at: Annotated[Instant, AfterValidator(lambda moment: moment.replace(microsecond=0))]

    def __str__(self) -> str:
        return f"{self.rule} of {self.starts_at:%Y-%m-%d %H:%M}"


@dataclass(frozen=True, slots=True)
class Story:
    """What is replayed, and the alerts that must stand after it; None: nobody said which."""

    lines: Sequence[Line]
    expected: frozenset[DemoAlert] | None = None

    @property
    def ends_at(self) -> datetime:
        """The newest recorded time in it."""
        return max(_recorded_times(self.lines), default=datetime.min.replace(tzinfo=UTC))


def read_story(rules: Path) -> Story:
    """The pack's timeline, and `timeline.expected.yaml` beside it, which may be missing.

    Raises:
        CommandFailure: the pack has no timeline, or one of the two cannot be used.
    """
    lines = read_lines(str(rules / TIMELINE))
    if not lines:
        raise CommandFailure(f"{rules / TIMELINE}: no event in it")
    expected = rules / EXPECTED
    return Story(lines, _expected(expected) if expected.exists() else None)


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a story is played: what has been seen there, how to stop it, and on which screen."""

    seen: Seen
    stop: Stop
    console: Console


def play(story: Story, ingest: Ingest, stage: Stage) -> list[Posted]:
    """Post the story line by line under a progress bar: 20 a second, slower where showing is."""
    posted: list[Posted] = []
    with progress_bar(stage.console, "replay", len(story.lines)) as (progress, task):
        for line in story.lines:
            posted += ingest.post([line])
            if (fault := posted[-1].fault) is not None:
                said = f"{TIMELINE} line {line.number}: {fault}"
                stage.console.print(said, markup=False, highlight=False, soft_wrap=True)
            progress.advance(task)
            _keep_pace(stage)
    return posted


def settle(story: Story, stage: Stage) -> None:
    """Return when all that the story's last time implies has been shown, 30 seconds at most."""
    seen, deadline = stage.seen, time.monotonic() + SETTLE_WITHIN
    quiet_since, messages = time.monotonic(), seen.messages
    while time.monotonic() < deadline:
        if seen.messages != messages or not _is_through(story, seen):
            quiet_since, messages = time.monotonic(), seen.messages
        if time.monotonic() - quiet_since > QUIET_FOR:
            return
        stage.stop.sleep(0.05)


def accepted(posted: Collection[Posted]) -> Accepted:
    """When each event that ingest took was posted."""
    return {
        (one.source, one.id): one.at
        for one in posted
        if one.fault is None and one.source is not None and one.id is not None
    }


def differences(story: Story, seen: Seen) -> list[str]:
    """What should have been shown and was not, and the other way round: a line for each."""
    if story.expected is None:
        return []
    shown = {
        DemoAlert(rule=alert.rule.name, starts_at=alert.starts_at)
        for alert in seen.final.values()
        if alert.id in seen.shown_ids and alert.status is not Status.WITHDRAWN
    }
    missing = [f"{one} was expected and did not show" for one in story.expected - shown]
    return sorted(missing) + sorted(f"{one} was not expected" for one in shown - story.expected)


def _expected(path: Path) -> frozenset[DemoAlert]:
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
        listed = [*told["alerts"], *told.get("levels", ())]
        return frozenset(map(DemoAlert.model_validate, listed))
    except (yaml.YAMLError, ValidationError, TypeError, KeyError) as error:
        raise CommandFailure(f"{path}: {error}") from error


def _keep_pace(stage: Stage) -> None:
    # on a busy machine days would pass between an alert and its message
    deadline = time.monotonic() + SHOWN_WITHIN
    stage.stop.sleep(1 / PER_SECOND)
    while not stage.seen.all_shown and time.monotonic() < deadline:
        stage.stop.sleep(0.02)


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
