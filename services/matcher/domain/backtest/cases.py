"""The cases in rule files: a timeline of events, and what must be true after it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from schemas.alert import Alert, Status
from schemas.event import Event, complete_report
from schemas.rule import ExpectedAlert, RuleTest, TestEvent
from schemas.time_span import parse_time_span
from services.counts import format_count
from services.matcher.domain.backtest.replay import replay
from services.matcher.domain.backtest.suspected_events import SuspectedEvents
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.domain.windows.template import NOT_RENDERED
from services.validation_errors import describe_with_hint

START = datetime(2020, 1, 1, tzinfo=UTC)
"""When every case starts: a Wednesday, at midnight."""

_TIMES = ("occurred_until", "published_at", "recorded_at")


class InvalidCase(ValueError):
    """The event at `index` of a case is malformed."""

    def __init__(self, index: int, message: str) -> None:
        super().__init__(message)
        self.index = index
        self.message = message


@dataclass(frozen=True, slots=True)
class Case:
    """One case of one rule; if it is a silent one, `rules` must not alert."""

    pack: str
    rules: tuple[str, ...]
    test: RuleTest


def build_events(test: RuleTest) -> tuple[Event, ...]:
    """The events of a case in order.

    If left out, `id` is the position in the list, from 1, `source` is `test`, and `recorded_at`
    is `occurred_at`. Times may be written relative to the start, as `at` is.

    Raises:
        InvalidCase: naming the first that is malformed.
    """
    return tuple(_build_event(index, event) for index, event in enumerate(test.events))


def _build_event(index: int, written: TestEvent) -> Event:
    occurred_at = START + written.at
    body = {"id": str(index + 1), "source": "test", **(written.model_extra or {})}
    body |= {name: _parse_time(body[name]) for name in _TIMES if name in body}
    body["occurred_at"] = occurred_at
    for key, value in body.items():
        if value is None and " " in key:
            message = f"{key!r} stands behind a comma: put a text that has one in quotes"
            raise InvalidCase(index, message)
    try:
        full = complete_report(body, body.get("recorded_at", occurred_at))
        return Event.model_validate(full, extra="forbid")
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        message = describe_with_hint(first, Event.model_fields)
        raise InvalidCase(index, f"{field}: {message}" if field else message) from None


def _parse_time(written: Any) -> Any:
    try:
        return START + parse_time_span(written)
    except ValueError:
        return written


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """The final alerts of a case, and a line for each difference; none if it passes."""

    alerts: tuple[Alert, ...]
    differences: tuple[str, ...]


def run_case(rulebook: Rulebook, case: Case) -> CaseOutcome:
    """Replay the events of the case, and compare with what it expects.

    A text that cannot be rendered, in any revision, is a difference.

    Raises:
        InvalidCase: one of its events is malformed.
    """
    events = build_events(case.test)
    suspicions = SuspectedEvents.of(rulebook, zip(events, case.test.events, strict=True))
    replayed = replay(rulebook, events, suspicions.signals)
    alerts = tuple(alert for alert in replayed.final if alert.pack == case.pack)
    revisions = (alert for alert in replayed.alerts if alert.pack == case.pack)
    faults = dict.fromkeys(line for alert in revisions for line in _find_unrendered(alert))
    return CaseOutcome(alerts, (*suspicions.differences, *faults, *_compare_alerts(case, alerts)))


def _find_unrendered(alert: Alert) -> Iterator[str]:
    for part, text in (("summary", alert.summary), ("action", alert.action)):
        if text is not None and text.startswith(NOT_RENDERED):
            yield f"the {part} of {alert.rule.name}: {text}"


def _compare_alerts(case: Case, alerts: tuple[Alert, ...]) -> tuple[str, ...]:
    if isinstance(case.test.expect, str):
        return tuple(
            f"expected silence, but {_describe(alert)}"
            for alert in alerts
            if alert.rule.name in case.rules
        )
    return tuple(line for expected in case.test.expect for line in _find_missing(expected, alerts))


def _find_missing(expected: ExpectedAlert, alerts: tuple[Alert, ...]) -> Iterator[str]:
    """Only the values that an expectation names are compared."""
    fired = [alert for alert in alerts if alert.rule.name == expected.fires]
    matching = [alert for alert in fired if not list(_compare(expected, alert))]
    if expected.count is not None and len(matching) != expected.count:
        count = format_count(expected.count, "alert")
        match = "matches" if len(matching) == 1 else "match"
        yield f"expected {count} of {expected.fires}, but {len(matching)} {match}"
    if matching:
        return
    if not fired:
        yield f"expected {expected.fires} to fire, but it is silent"
    for alert in fired:
        yield f"{_describe(alert)}, but expected " + ", ".join(_compare(expected, alert))


def _compare(expected: ExpectedAlert, alert: Alert) -> Iterator[str]:
    if expected.status is None and alert.status is Status.WITHDRAWN:
        yield "it not to be withdrawn"
    actual = _values_of(alert)
    for name, wanted in expected.model_dump(exclude_none=True, exclude={"fires", "count"}).items():
        if name == "group":
            yield from _compare_group(wanted, alert.group)
        elif actual[name] != wanted:
            yield f"{name} {_format(wanted)}, not {_format(actual[name])}"


def _compare_group(wanted: Mapping[str, str], group: Mapping[str, str]) -> Iterator[str]:
    for name, value in wanted.items():
        if group.get(name) != value:
            yield f"{name} {value!r} in the group, not {group.get(name)!r}"


def _values_of(alert: Alert) -> Mapping[str, object]:
    return {
        "at": alert.starts_at - START,
        "level": alert.level,
        "value": alert.value,
        "evidence": alert.evidence_count,
        "summary": alert.summary,
        "status": alert.status.value,
        "uncorroborated": alert.uncorroborated,
        "suspected": alert.suspected,
        "late": alert.late,
    }


def _describe(alert: Alert) -> str:
    return f"{alert.rule.name} is {alert.status} from {_format(alert.starts_at - START)}"


def _format(value: object) -> str:
    """A time span as rules write it; everything else by repr."""
    if not isinstance(value, timedelta):
        return repr(value.value if hasattr(value, "value") else value)
    seconds = int(value.total_seconds())
    for unit, length in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds and seconds % length == 0:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"
