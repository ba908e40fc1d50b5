"""The same alerts hidden, and the same silences refused, as by Debian's Alertmanager."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.notifier.domain.routing.matchers import LabelMatcher, Labels, Operator, make_matcher
from services.notifier.domain.watch.refusals import InvalidAct
from services.notifier.domain.watch.silences.hiding import SilenceBook
from services.notifier.domain.watch.silences.lifecycle import create_silence
from tests.notifier.watch.people import ALICE, request
from tests.parts.alertmanager import DAEMON, MISSING, run_alertmanager
from tests.parts.waiting import until

NAMES = ("rule", "pack", "group_place")
VALUES = ("", "a", "b", "ab", "a b", 'a"b', "a\\b", "ب")
EXPRESSIONS = ("", "a", "a|b", "a.*", ".+", ".*", "[^a]+", "(?i)A", "^a$", "a{1,2}b?")
ALERTS = 60
SILENCES = 80
CONFIG = {"route": {"receiver": "none"}, "receivers": [{"name": "none"}]}

pytestmark = pytest.mark.skipif(DAEMON is None, reason=MISSING)


def draw_matchers(dice: random.Random) -> list[LabelMatcher]:
    matchers: list[LabelMatcher] = []
    for _ in range(dice.randint(1, 3)):
        operator = dice.choice(list(Operator))
        is_expression = operator in (Operator.MATCHES, Operator.MATCHES_NOT)
        value = dice.choice(EXPRESSIONS if is_expression else VALUES)
        matchers.append(make_matcher(dice.choice(NAMES), operator, value))
    return matchers


def write_matcher(matcher: LabelMatcher) -> dict[str, Any]:
    return {
        "name": matcher.name,
        "value": matcher.value,
        "isRegex": matcher.operator in (Operator.MATCHES, Operator.MATCHES_NOT),
        "isEqual": matcher.operator in (Operator.EQUAL, Operator.MATCHES),
    }


def post_silence(client: httpx.Client, matchers: list[LabelMatcher], now: datetime) -> str | None:
    """Its id, or None where the daemon refuses it."""
    answer = client.post(
        "/silences",
        json={
            "matchers": list(map(write_matcher, matchers)),
            "startsAt": now.isoformat(),
            "endsAt": (now + timedelta(hours=1)).isoformat(),
            "createdBy": "alice",
            "comment": "works",
        },
    )
    return str(answer.json()["silenceID"]) if answer.is_success else None


def make_ours(matchers: list[LabelMatcher], identity: str, now: datetime) -> Any:
    wanted = request(matchers=list(map(str, matchers)), ends_at=now + timedelta(hours=1))
    try:
        return create_silence(wanted, identity, ALICE, now)
    except InvalidAct:
        return None


def test_silences_hide_the_alerts_that_alertmanager_says(tmp_path: Path) -> None:
    dice, now = random.Random(5), datetime.now(UTC)  # noqa: S311  (the same in every run)
    alerts = {
        str(number): {name: dice.choice(VALUES) for name in NAMES} for number in range(ALERTS)
    }
    with run_alertmanager(CONFIG, tmp_path) as client:
        given = [{"labels": {"n": number} | labels} for number, labels in alerts.items()]
        assert client.post("/alerts", json=given).is_success
        drawn = [draw_matchers(dice) for _ in range(SILENCES)]
        theirs = [post_silence(client, matchers, now) for matchers in drawn]
        until(lambda: len(client.get("/alerts").json()) == ALERTS, "all alerts are there")
        shown = client.get("/alerts").json()
    ours = [make_ours(matchers, str(theirs[n]), now) for n, matchers in enumerate(drawn)]

    assert [silence is None for silence in ours] == [identity is None for identity in theirs]
    assert sum(silence is None for silence in ours) >= 3
    by_alert = {each["labels"]["n"]: set(each["status"]["silencedBy"]) for each in shown}
    made = [silence for silence in ours if silence is not None]
    assert by_alert == {number: hiding(made, labels) for number, labels in alerts.items()}


def hiding(silences: list[Any], labels: dict[str, str]) -> set[str]:
    values: Labels = {name: (value,) for name, value in labels.items() if value}
    book = SilenceBook.compile(silences)
    return {each.silence.id for each in book.silences if each.hides(values)}
