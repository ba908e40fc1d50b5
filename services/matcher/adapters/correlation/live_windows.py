"""What the windows of a rule hold in this worker, for the admin port."""

from collections.abc import Iterator
from datetime import UTC, datetime
from heapq import nlargest

import msgspec

from schemas.alert import window_key
from schemas.live_windows import HeldReport, LiveWindow, LiveWindows
from services.matcher.adapters.correlation.correlate import Correlator
from services.matcher.adapters.state.keys import TableKey, ValueKind
from services.matcher.domain.review.explain_window import WindowExplanation, explain_live_window
from services.matcher.domain.rules.rulebook import RuleKey
from services.matcher.domain.windows.panes import decode_front
from services.matcher.domain.windows.window_rule import WindowRule

MOST_WINDOWS = 10
MOST_CONSIDERED = 10_000
"""Groups of which the one that changed last is looked for: it costs microseconds for each."""


class NoSuchRule(Exception):
    """No rule in force has that key and windows of its own."""


def read_live_windows(correlator: Correlator, key: RuleKey, value: str | None) -> LiveWindows:
    """The windows of a rule that changed last; with `value` those of groups that have it.

    To be called where messages are processed, between two of them. Writes nothing.

    Raises:
        NoSuchRule: the rules in force have no such windows.
    """
    rule = correlator.states.processors.windows.get(key)
    if rule is None:
        raise NoSuchRule
    found = list(_find_keys(correlator, rule, value))
    return LiveWindows(
        pack=rule.pack,
        rule=rule.name,
        partitions=tuple(sorted(correlator.engines)),
        partition_count=correlator.partitions.count,
        groups=len(found),
        windows=tuple(_read_windows(correlator, rule, found)),
    )


def _find_keys(correlator: Correlator, rule: WindowRule, value: str | None) -> Iterator[TableKey]:
    """The keys of its windows in the partitions that this worker processes."""
    beginning = window_key(rule.pack, rule.name, {}, exercise=False).removesuffix(b"]")
    for key in correlator.states.values.find(ValueKind.WINDOW, beginning):
        if key.partition in correlator.engines and (value is None or _has_value(key.key, value)):
            yield key


def _has_value(key: bytes, value: str) -> bool:
    """Whether a field of the window's group has it."""
    _, _, *group = msgspec.json.decode(key)
    return any(value == of_field for _, of_field in group)


def _read_windows(
    correlator: Correlator, rule: WindowRule, keys: list[TableKey]
) -> Iterator[LiveWindow]:
    for key in nlargest(MOST_WINDOWS, keys[:MOST_CONSIDERED], lambda key: _last(correlator, key)):
        parts = correlator.states.partition(key.partition).windows.read(key.key)
        if parts is not None:
            clock = correlator.engines[key.partition].progress.clock.now()
            now = clock or datetime.now(UTC)
            yield _describe_window(explain_live_window(rule, parts.state, now))


def _last(correlator: Correlator, key: TableKey) -> int:
    """The offset of the last message that the window has seen."""
    raw = correlator.states.values.get(key)
    return -1 if raw is None else decode_front(raw).offset


def _describe_window(window: WindowExplanation) -> LiveWindow:
    held = (
        HeldReport(event=hit.event, at=hit.at, leaves=hit.leaves, values=hit.values)
        for hit in window.held
    )
    return LiveWindow(
        group=dict(window.group),
        exercise=window.exercise,
        count=window.count,
        held=tuple(held),
        distance=window.distance,
        firing=window.firing,
    )
