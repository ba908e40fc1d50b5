"""What a replay tells of a real stream, beside brute force; and rules said in Python."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from schemas.alert import Alert, Status
from schemas.event import Event
from schemas.rule import RuleDocument
from services.matcher.domain.backtest.replay import replay
from tests.matcher.proof.brute_force import AlertOutline, BruteForceRule, SeenRow, brute_force
from tests.matcher.proof.streams import HOUR, Row, with_an_end
from tests.matcher.rules import detecting, rulebook

DAY = 24 * HOUR
LATE = {"max_lateness": "6h"}


def replay_alerts(documents: Sequence[RuleDocument], events: Sequence[Event]) -> set[AlertOutline]:
    """What stands at the end of a replay, every alert resolved. Nothing may be refused."""
    book = rulebook(*documents, lists=())
    gaps = {name: window.resolve_after for (_, name), window in book.windows.items()}

    came = replay(book, with_an_end(events))

    assert not came.refused
    standing = [alert for alert in came.final if alert.status is not Status.WITHDRAWN]
    assert {alert.status for alert in standing} == {Status.RESOLVED}
    alerts = [_outline(alert, gaps[alert.rule.name]) for alert in standing]
    assert len(set(alerts)) == len(alerts)
    return set(alerts)


def _outline(alert: Alert, gap: timedelta) -> AlertOutline:
    assert alert.resolved_at is not None
    group = tuple(alert.group[field] for field in sorted(alert.group))
    last = alert.resolved_at - gap
    return alert.rule.name, group, alert.starts_at, last, alert.level.value, alert.evidence_count


def differences(
    watches: Iterable[BruteForceRule], stream: Sequence[Row], engine_alerts: set[AlertOutline]
) -> tuple[set[AlertOutline], set[AlertOutline]]:
    """What only the engine told, and what only brute force did; both must have told something."""
    expected = {alert for watch in watches for alert in brute_force(watch, stream)}
    assert {alert[0] for alert in expected} == {watch.rule for watch in watches}
    return engine_alerts - expected, expected - engine_alerts


def base(name: str, **selection: object) -> RuleDocument:
    return detecting(name, selection=selection)


def by(field: str) -> Callable[[Row], list[tuple[str, ...]]]:
    def group(row: Row) -> list[tuple[str, ...]]:
        value = row[field]
        return [] if value is None else [(value,)]

    return group


def of_type(**bases: str) -> Callable[[Row], list[str]]:
    def sees(row: Row) -> list[str]:
        kind = str(row["event_type"] if "event_type" in row else row["relation"]).lower()
        return [name for name, wanted in bases.items() if wanted.lower() == kind]

    return sees


def at_least(most: int) -> Callable[[Sequence[SeenRow]], bool]:
    return lambda inside: len(inside) >= most


def at_least_distinct(field: str, most: int) -> Callable[[Sequence[SeenRow]], bool]:
    return lambda inside: distinct(field, inside) >= most


def distinct(field: str, inside: Sequence[SeenRow]) -> int:
    return len({row.row[field] for row in inside} - {None})


def kinds(inside: Sequence[SeenRow]) -> set[str]:
    return {row.base for row in inside}
