"""Rules over rules, through the whole engine."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.alert import Alert, Status
from schemas.event import Event
from schemas.rule import CorrelationRule
from services.matcher.domain.backtest.replay import replay
from services.matcher.domain.rules.chain import chain_alert
from services.matcher.domain.windows.state import micros
from tests.matcher.chained import CAMPAIGN, FIRE, TWO_PLACES, rockets
from tests.matcher.rules import (
    FRIDAY_NOON,
    correlating,
    detecting,
    report,
    rulebook,
)

WAVE = correlating(
    "wave",
    ["campaign"],
    type="value_count",
    timespan="1d",
    condition={"field": "place", "gte": 2},
)
BOOK = rulebook(FIRE, CAMPAIGN, WAVE)


def alerts_of(*events: Event) -> list[Alert]:
    return list(replay(BOOK, events).final)


def test_episodes_of_a_correlation_are_counted_by_the_rule_above_it() -> None:
    (wave,) = alerts_of(*TWO_PLACES)

    assert wave.rule.name == "wave"
    assert wave.value == 2
    assert wave.starts_at == FRIDAY_NOON + timedelta(minutes=70)
    assert wave.evidence_count == 2


def test_one_episode_is_one_hit_however_often_it_is_revised() -> None:
    assert alerts_of(*TWO_PLACES[:2], rockets("5", "Taji", 10), rockets("6", "Taji", 20)) == []


def test_a_withdrawn_episode_takes_its_hit_out() -> None:
    retraction = rockets("5", "Balad", 80, retracts="4")

    (wave,) = alerts_of(*TWO_PLACES, retraction)

    assert wave.status is Status.WITHDRAWN


def test_a_hit_carries_the_group_the_revision_and_all_the_owners() -> None:
    quiet = rulebook(FIRE, CAMPAIGN, correlating("wave", ["campaign"], generate=True))
    campaign = replay(quiet, TWO_PLACES[:2]).final[0]

    (hit,) = chain_alert(quiet, campaign)

    assert (hit.rule, hit.base, hit.revision) == ("wave", "campaign", campaign.revision)
    assert hit.identity == campaign.id
    assert hit.owners == ("afp", "reuters")
    assert (hit.occurred_at, hit.fields) == (campaign.starts_at, campaign.group)


def test_an_alert_without_the_counted_field_is_not_counted_above() -> None:
    by_region = correlating(
        "wave", ["campaign"], type="value_count", condition={"field": "admin1", "gte": 1}
    )
    quiet = rulebook(FIRE, CAMPAIGN, by_region)

    assert replay(quiet, TWO_PLACES).alerts == []


def test_the_values_of_alerts_can_be_summed() -> None:
    total = correlating(
        "total", ["campaign"], type="value_sum", condition={"field": "value", "gte": 4}
    )

    (alert,) = replay(rulebook(FIRE, CAMPAIGN, total), TWO_PLACES).final

    assert alert.value == 4


def test_a_hit_lasts_from_the_first_firing_time_to_the_last() -> None:
    quiet = rulebook(FIRE, CAMPAIGN, correlating("wave", ["campaign"], generate=True))
    late = FRIDAY_NOON + timedelta(minutes=40)
    third = rockets("3", "Taji", 30, recorded_at=late)
    campaign = replay(quiet, (*TWO_PLACES[:2], third)).final[0]
    fired = tuple(micros(FRIDAY_NOON + timedelta(minutes=minutes)) for minutes in (5, 30))

    (hit,) = chain_alert(quiet, campaign, fired)

    assert hit.firings == fired
    assert (hit.occurred_at, hit.occurred_until) == (campaign.starts_at, campaign.last_fired_at)
    assert hit.evidence.recorded_at == late
    assert chain_alert(quiet, campaign)[0].firings == fired


FAILED = detecting("failed", selection={"words|phrase": "login failed"})
SUCCEEDED = detecting("succeeded", selection={"words|phrase": "login succeeded"})
MANY = correlating("many", ["failed"], timespan="10m", condition={"gte": 2})
BREACH = correlating(
    "breach", ["many", "succeeded"], type="temporal_ordered", timespan="10m", condition=None
)
LOGINS = rulebook(FAILED, SUCCEEDED, MANY, BREACH)


def login(text: str, minutes: int, learned: int) -> Event:
    at, recorded_at = (FRIDAY_NOON + timedelta(minutes=each) for each in (minutes, learned))
    return report(f"login {text}", id=f"{minutes}", occurred_at=at, recorded_at=recorded_at)


@given(learned=st.permutations(range(25, 30)))
def test_a_long_attack_hides_nothing_in_any_order_of_arrival(learned: list[int]) -> None:
    attack = [("failed", 0), ("failed", 8), ("failed", 16), ("failed", 24), ("succeeded", 25)]
    reports = [login(*each, at) for each, at in zip(attack, learned, strict=True)]

    final = replay(LOGINS, reports).final
    (breach,) = [alert for alert in final if alert.status is not Status.WITHDRAWN]

    assert breach.starts_at == FRIDAY_NOON + timedelta(minutes=25)
    assert [piece.roles for piece in breach.evidence] == [("succeeded",), ("many",)]


def test_the_evidence_of_a_rule_over_rules_says_how_long_its_alerts_fired() -> None:
    attack = [("failed", 0), ("failed", 8), ("failed", 16), ("succeeded", 17)]

    (breach,) = replay(LOGINS, [login(*each, each[1]) for each in attack]).final

    assert breach.evidence[1].occurred_at == FRIDAY_NOON + timedelta(minutes=8)
    assert breach.evidence[1].occurred_until == FRIDAY_NOON + timedelta(minutes=16)


@pytest.mark.parametrize(
    ("base_resolves", "resolves", "gap"),
    [(1, 60 * 24, 200 * 24), (200, 300, 1000), (10 * 24, 1, 100)],
    ids=["beyond all", "of weeks", "that the base episode spans"],
)
def test_a_gap_beyond_the_retention_counts_no_alert_again(
    base_resolves: int, resolves: int, gap: int
) -> None:
    def ending(rule: CorrelationRule, hours: int) -> CorrelationRule:
        return rule.model_copy(update={"resolve_after": timedelta(hours=hours)})

    over = correlating("over", ["campaign"], timespan="1d", condition={"gte": 1})
    single = correlating("campaign", ["fire"], group_by=["place"], condition={"gte": 1})
    book = rulebook(FIRE, ending(single, base_resolves), ending(over, resolves))
    reports = rockets("1", "Taji", 0), rockets("2", "Balad", 5), rockets("3", "Taji", gap * 60)

    revisions = replay(book, reports).alerts

    assert [(one.status, one.evidence_count) for one in revisions] == [
        (Status.FIRING, 1),
        (Status.FIRING, 2),
        (Status.FIRING, 1),
        (Status.RESOLVED, 2),
    ]


def test_what_a_leap_of_the_clock_makes_a_base_rule_send_is_counted_above() -> None:
    absence = {"type": "absence", "timespan": "9h", "condition": None}
    quiet = correlating("quiet", ["fire", "failed"], **absence)
    calm = correlating("calm", ["quiet"], **absence)
    reports = [rockets("1", "Taji", 0), rockets("2", "Taji", 240)]
    ticks = [login("unseen", at, at) for at in (600, 600_000)]

    first, *_ = replay(rulebook(FIRE, FAILED, quiet, calm), [*reports, *ticks]).final

    assert first.starts_at == FRIDAY_NOON + timedelta(hours=4 + 9 + 9)


def test_an_alert_stays_with_its_episode_while_a_base_episode_goes_on() -> None:
    over = correlating("over", ["campaign"], timespan="1h", condition={"gte": 1})
    single = correlating("campaign", ["fire"], group_by=["place"], condition={"gte": 1})
    book = rulebook(FIRE, single, over)
    places = [(0, "Taji"), (5, "Balad"), (6000, "Taji"), (6005, "Balad")]

    final = replay(book, [rockets(str(at), place, at) for at, place in places]).final

    assert [(alert.starts_at, alert.status) for alert in final] == [
        (FRIDAY_NOON, Status.RESOLVED),
        (FRIDAY_NOON + timedelta(minutes=6000), Status.FIRING),
    ]


def test_an_alert_of_a_base_rule_is_never_too_late() -> None:
    quick = correlating("quick", ["campaign"], timespan="1h", condition={"gte": 1})
    book = rulebook(FIRE, CAMPAIGN, quick)
    window = book.windows["pack", "quick"]
    days = timedelta(days=3)
    reports = (TWO_PLACES[0], rockets("2", "Taji", 60 - 1, recorded_at=FRIDAY_NOON + days))

    assert [alert.rule.name for alert in replay(book, reports).final] == ["quick"]
    assert window.max_lateness == days + timedelta(hours=1)
    assert window.retention >= book.windows["pack", "campaign"].retention
