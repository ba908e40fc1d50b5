"""Real reports in any order, corrected and retracted: rules of every type, beside the definition.

With `--hypothesis-profile explore` in twenty orders of each stream.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random

import pytest

from schemas.alert import Alert, Status
from schemas.event import Event
from schemas.rule import CorrelationType
from services.matcher.domain.backtest.replay import replay
from tests.examples import scale_examples
from tests.matcher.oracle.episodes import find_all
from tests.matcher.oracle.outcomes import of_alert, of_episode
from tests.matcher.oracle.real_reports import deliver
from tests.matcher.oracle.real_streams import ATTACKS, NEWS, SIDES, RealStream
from tests.matcher.oracle.versions import counting
from tests.matcher.rules import rulebook

STREAMS = pytest.mark.parametrize("stream", [ATTACKS, NEWS], ids=lambda stream: stream.name)
BEFORE, BEHIND = timedelta(hours=6), timedelta(days=30)


@STREAMS
@pytest.mark.parametrize("order", range(scale_examples(1)))
def test_a_corrected_stream_gives_the_alerts_of_what_is_left_of_it(
    stream: RealStream, order: int
) -> None:
    reports = deliver(stream.rows(), Random(order), stream.late)  # noqa: S311  (no secret)
    times = [report.recorded_at for report in reports]
    start, end = min(times) - BEFORE, max(times) + BEHIND
    left = [hit for report in counting(reports) for hit in stream.make_hits(report)]

    in_force = _replay(
        stream, (report.as_event(stream.make_event) for report in reports), start, end
    )

    expected = find_all(stream.rules, left, start, end)
    assert {episode.rule for episode in expected} == {rule.name for rule in stream.rules}
    assert sorted(map(of_alert, in_force)) == sorted(map(of_episode, expected))


def _replay(
    stream: RealStream, events: Iterable[Event], start: datetime, end: datetime
) -> list[Alert]:
    book = rulebook(*stream.detections, *stream.rules, lists=SIDES)

    replayed = replay(book, [_tick(start), *events, _tick(end)])

    assert not replayed.refused
    return [alert for alert in replayed.final if alert.status is not Status.WITHDRAWN]


def _tick(at: datetime) -> Event:
    return Event(id=f"{at}", source="clock", occurred_at=at, recorded_at=at, text="Nothing.")


def test_the_rules_over_real_streams_are_of_every_type() -> None:
    rules = [*ATTACKS.rules, *NEWS.rules]

    assert {rule.correlation.type for rule in rules} == set(CorrelationType)
