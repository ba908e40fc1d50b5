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
from services.matcher.domain.backtest.corrections import linked
from services.matcher.domain.backtest.replay import replay
from services.matcher.domain.rules.rulebook import Rulebook

START = datetime(2020, 1, 1, tzinfo=UTC)
"""When every case starts: a Wednesday, at midnight."""

_MOMENTS = ("occurred_until", "published_at", "recorded_at")


class InvalidCase(ValueError):
    """An event of the case is none; `index` says which."""

    def __init__(self, index: int, message: str) -> None:
        super().__init__(message)
        self.index = index
        self.message = message


@dataclass(frozen=True, slots=True)
class Case:
    """One case of one rule, with the rules of its pack that a silent case is about."""

    pack: str
    rules: tuple[str, ...]
    test: RuleTest


def case_events(test: RuleTest) -> tuple[Event, ...]:
    """The events of a case in order.

    Left out, `id` is the place in the list from 1, `source` is `test`, and `recorded_at` the
    event's own time. Times may be written after the start, as `at` is.

    Raises:
        InvalidCase: naming the first that is no event.
    """
    return linked(_event(index, event) for index, event in enumerate(test.events))


def _event(index: int, written: TestEvent) -> Event:
    moment = START + written.at
    body = {"id": str(index + 1), "source": "test", **(written.model_extra or {})}
    body |= {name: _moment(body[name]) for name in _MOMENTS if name in body}
    body["occurred_at"] = moment
    try:
        full = complete_report(body, body.get("recorded_at", moment))
        return Event.model_validate(full, extra="forbid")
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        said = first["msg"].removeprefix("Value error, ")
        raise InvalidCase(index, f"{place}: {said}" if place else said) from None


def _moment(written: Any) -> Any:
    try:
        return START + parse_time_span(written)
    except ValueError:
        return written


def differences(rulebook: Rulebook, case: Case) -> tuple[str, ...]:
    """What is not as the case expects, one line each; none when it holds.

    Raises:
        InvalidCase: one of its events is none.
    """
    told = replay(rulebook, case_events(case.test)).final
    alerts = tuple(alert for alert in told if alert.pack == case.pack)
    if isinstance(case.test.expect, str):
        return tuple(
            f"expected silence, but {_told(alert)}"
            for alert in alerts
            if alert.rule.name in case.rules
        )
    return tuple(line for one in case.test.expect for line in _missing(one, alerts))


def _missing(expected: ExpectedAlert, alerts: tuple[Alert, ...]) -> Iterator[str]:
    """An expectation names the rule, and of its alerts only what it cares about."""
    fired = [alert for alert in alerts if alert.rule.name == expected.fires]
    met = [alert for alert in fired if not list(_unlike(expected, alert))]
    if expected.count is not None and len(met) != expected.count:
        yield f"expected {expected.count} alerts of {expected.fires}, but there are {len(met)} such"
    if met:
        return
    if not fired:
        yield f"expected {expected.fires} to fire, but it is silent"
    for alert in fired:
        yield f"{_told(alert)}, but expected " + ", ".join(_unlike(expected, alert))


def _unlike(expected: ExpectedAlert, alert: Alert) -> Iterator[str]:
    if expected.status is None and alert.status is Status.WITHDRAWN:
        yield "it to stand"
    found = _found(alert)
    for name, wanted in expected.model_dump(exclude_none=True, exclude={"fires", "count"}).items():
        if name == "group":
            yield from _unlike_group(wanted, alert.group)
        elif found[name] != wanted:
            yield f"{name} {_spoken(wanted)}, not {_spoken(found[name])}"


def _unlike_group(wanted: Mapping[str, str], group: Mapping[str, str]) -> Iterator[str]:
    for name, value in wanted.items():
        if group.get(name) != value:
            yield f"{name} {value!r} in the group, not {group.get(name)!r}"


def _found(alert: Alert) -> Mapping[str, object]:
    return {
        "at": alert.starts_at - START,
        "level": alert.level,
        "value": alert.value,
        "evidence": alert.evidence_count,
        "summary": alert.summary,
        "status": alert.status.value,
        "uncorroborated": alert.uncorroborated,
        "late": alert.late,
    }


def _told(alert: Alert) -> str:
    return f"{alert.rule.name} is {alert.status} from {_spoken(alert.starts_at - START)}"


def _spoken(value: object) -> str:
    """A span as it is written in a rule, everything else as it is."""
    if not isinstance(value, timedelta):
        return repr(value.value if hasattr(value, "value") else value)
    seconds = int(value.total_seconds())
    for unit, length in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds and seconds % length == 0:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"
