"""A rule pack's timeline, replayed through the running stack on the recorded clock."""

import json
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
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
from cli.output import plain_text
from cli.posting import IngestClient, Line, PostResult
from cli.replay import progress_bar, read_lines
from cli.stack.stop import Stop
from cli.stack.watching import SeenMessages
from schemas.alert import Status
from schemas.event import choose_recorded_at
from schemas.model import Instant, Model

TIMELINE = "timeline.jsonl"
EXPECTED = "timeline.expected.yaml"
PER_SECOND = 20
PACE_SECONDS = 6.0
SETTLE_SECONDS = 60.0
QUIET_SECONDS = 1.0

PostTimes = Mapping[tuple[str, str], datetime]
"""When each event was posted, by source and id."""

_INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)


class DemoAlert(Model):
    """An alert that is expected at the end; other keys of the file are for the pack's tests.

    `starts_at` is in whole seconds, since a level of a hypothesis starts at a fraction of one.
    """

    rule: Annotated[str, Field(validation_alias=AliasChoices("rule", "hypothesis"))]
    starts_at: Annotated[Instant, AfterValidator(lambda moment: moment.replace(microsecond=0))]

    def __str__(self) -> str:
        return f"{self.rule} of {self.starts_at:%Y-%m-%d %H:%M}"


@dataclass(frozen=True, slots=True)
class DemoTimeline:
    """The lines to replay, and the alerts that are expected after it, if the pack names any.

    Those of `suspected_first` are suspected at first, where a second reader runs.
    """

    lines: Sequence[Line]
    expected: frozenset[DemoAlert] | None = None
    suspected_first: frozenset[DemoAlert] = frozenset()

    @property
    def ends_at(self) -> datetime:
        """The newest recorded time in it."""
        return max(_recorded_times(self.lines), default=datetime.min.replace(tzinfo=UTC))


def read_timeline(rules: Path) -> DemoTimeline:
    """The pack's timeline, and `timeline.expected.yaml` beside it, which may be missing.

    Raises:
        CommandFailure: the pack has no timeline, or one of the two cannot be used.
    """
    lines = read_lines(str(rules / TIMELINE))
    if not lines:
        raise CommandFailure(f"{rules / TIMELINE}: no event in it")
    expected = rules / EXPECTED
    return (
        DemoTimeline(lines, *_read_expected(expected)) if expected.exists() else DemoTimeline(lines)
    )


HasRead = Callable[[int], bool]
"""Whether the second reader has read so many reports."""


@dataclass(frozen=True, slots=True)
class DemoStage:
    """What playing a timeline needs: the messages seen, the stop, the terminal, the reader."""

    seen: SeenMessages
    stop: Stop
    console: Console
    has_read: HasRead | None = None
    """None where no reader runs."""


def play_timeline(
    timeline: DemoTimeline, ingest: IngestClient, stage: DemoStage
) -> list[PostResult]:
    """Post the timeline line by line: 20 a second, slower while alerts are not shown yet."""
    results: list[PostResult] = []
    with progress_bar(stage.console, "replay", len(timeline.lines)) as (progress, task):
        for line in timeline.lines:
            results += ingest.post([line])
            if (fault := results[-1].fault) is not None:
                message = f"{TIMELINE} line {line.number}: {fault}"
                stage.console.print(plain_text(message), soft_wrap=True)
            progress.advance(task)
            _keep_pace(stage, posted=sum(result.fault is None for result in results))
    return results


def wait_until_settled(timeline: DemoTimeline, stage: DemoStage) -> None:
    """Wait until every alert is shown and nothing more comes, a minute at most."""
    seen, deadline = stage.seen, time.monotonic() + SETTLE_SECONDS
    quiet_since, count = time.monotonic(), seen.count
    while time.monotonic() < deadline:
        if seen.count != count or not _is_complete(timeline, seen):
            quiet_since, count = time.monotonic(), seen.count
        if time.monotonic() - quiet_since > QUIET_SECONDS:
            return
        stage.stop.sleep(0.05)


def post_times(results: Collection[PostResult]) -> PostTimes:
    """When each event that ingest accepted was posted."""
    return {
        (result.source, result.id): result.at
        for result in results
        if result.fault is None and result.source is not None and result.id is not None
    }


def find_differences(timeline: DemoTimeline, seen: SeenMessages) -> list[str]:
    """Alerts that are expected but not shown, and the reverse: a line for each."""
    if timeline.expected is None:
        return []
    shown = {
        DemoAlert(rule=alert.rule.name, starts_at=alert.starts_at)
        for alert in seen.last_revisions.values()
        if alert.id in seen.shown_ids and alert.status is not Status.WITHDRAWN
    }
    missing = [f"{alert} was expected and not shown" for alert in timeline.expected - shown]
    return sorted(missing) + sorted(
        f"{alert} was not expected" for alert in shown - timeline.expected
    )


def find_unsuspected(timeline: DemoTimeline, seen: SeenMessages) -> list[str]:
    """Alerts that a reader should have suspected before words found them: a line for each."""
    suspected = {
        DemoAlert(rule=alert.rule.name, starts_at=alert.starts_at)
        for alert in tuple(seen.alerts)
        if alert.suspected
    }
    return sorted(
        f"{alert} was not suspected before words found it"
        for alert in timeline.suspected_first - suspected
    )


def _read_expected(path: Path) -> tuple[frozenset[DemoAlert], frozenset[DemoAlert]]:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        listed = [*document["alerts"], *document.get("levels", ())]
        return _read_alerts(listed), _read_alerts(document.get("suspected_first", ()))
    except (yaml.YAMLError, ValidationError, TypeError, KeyError) as error:
        raise CommandFailure(f"{path}: {error}") from error


def _read_alerts(listed: Iterable[object]) -> frozenset[DemoAlert]:
    return frozenset(map(DemoAlert.model_validate, listed))


def _keep_pace(stage: DemoStage, posted: int) -> None:
    # otherwise, on a busy machine, days of the timeline pass between an alert and its message
    deadline = time.monotonic() + PACE_SECONDS
    stage.stop.sleep(1 / PER_SECOND)
    while time.monotonic() < deadline and not _is_at_rest(stage, posted):
        stage.stop.sleep(0.02)


def _is_at_rest(stage: DemoStage, posted: int) -> bool:
    return stage.seen.is_all_shown and (stage.has_read is None or stage.has_read(posted))


def _is_complete(timeline: DemoTimeline, seen: SeenMessages) -> bool:
    return seen.last_tick is not None and seen.last_tick >= timeline.ends_at and seen.is_all_shown


def _recorded_times(lines: Sequence[Line]) -> Iterator[datetime]:
    now = datetime.now(UTC)
    for line in lines:
        # ingest reports lines that are no event
        with suppress(json.JSONDecodeError, ValidationError):
            body: Any = json.loads(line.raw)
            if isinstance(body, dict):
                yield _INSTANT.validate_python(choose_recorded_at(body, now))
