from datetime import datetime
from typing import Any

import pytest

from schemas.alert import Level
from services.notifier.domain.routing.labels import label_alert
from services.notifier.domain.watch.silences.hiding import SilenceBook
from tests.notifier.alerts import NOON, SECOND, alert
from tests.notifier.watch.people import HIGH, HOUR, MINUTE, silence

HIGH_ALERT = label_alert(alert())
CRITICAL_ALERT = label_alert(alert(level=Level.CRITICAL))
CRITICAL = {"matchers": ('level="critical"',)}
HALF = NOON + 30 * MINUTE


def find_end(labels: Any, *silences: Any, since: datetime = NOON, now: datetime = NOON) -> Any:
    hold = SilenceBook.compile(silences).find_hold(labels, since, now)
    return None if hold is None else hold.until


MATCHES: dict[str, tuple[tuple[str, ...], bool]] = {
    "its level": ((HIGH,), True),
    "another level": (('level="low"',), False),
    "all matchers": ((HIGH, 'rule="joint_march"', 'group_country="IQ"'), True),
    "all but one": ((HIGH, 'group_country="SY"'), False),
    "an expression of the whole value": (('rule=~"joint"',), False),
    "an absent label is empty": ((HIGH, 'group_place=""'), True),
    "a negation": ((HIGH, 'group_country!~"SY|LB"'), True),
}


@pytest.mark.parametrize(("matchers", "expected"), MATCHES.values(), ids=MATCHES.keys())
def test_a_silence_hides_what_meets_all_its_matchers(
    matchers: tuple[str, ...], expected: bool
) -> None:
    assert (find_end(HIGH_ALERT, silence(matchers=matchers)) is not None) is expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [(NOON - SECOND, None), (NOON, NOON + HOUR), (NOON + HOUR, None)],
    ids=["pending", "active", "expired"],
)
def test_a_silence_hides_while_it_is_active(now: datetime, expected: datetime | None) -> None:
    assert find_end(HIGH_ALERT, silence(), now=now) == expected


def test_of_several_silences_the_one_that_ends_last_holds() -> None:
    later = silence(id="s2", ends_at=NOON + 2 * HOUR)

    hold = SilenceBook.compile([later, silence()]).find_hold(HIGH_ALERT, NOON, NOON)

    assert hold is not None
    assert str(hold) == "silence s2 of alice: maintenance"


def test_a_long_silence_hides_critical_alerts_once_it_is_approved() -> None:
    waiting = silence(**CRITICAL)

    assert find_end(CRITICAL_ALERT, waiting) is None
    approved = waiting.model_copy(update={"approved_by": "bob"})
    assert find_end(CRITICAL_ALERT, approved) == NOON + HOUR


def test_one_person_hides_a_critical_alert_for_30_minutes_at_most() -> None:
    first = silence(**CRITICAL, ends_at=HALF)
    second = silence(id="s2", **CRITICAL, starts_at=HALF, ends_at=NOON + HOUR)

    assert find_end(CRITICAL_ALERT, first, second) == HALF
    assert find_end(CRITICAL_ALERT, first, second, now=HALF) is None
    assert find_end(CRITICAL_ALERT, second, since=HALF, now=HALF) == NOON + HOUR
