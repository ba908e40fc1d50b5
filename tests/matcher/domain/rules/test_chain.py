"""Rules over rules, through the whole engine."""

from datetime import timedelta

from schemas.alert import Alert, Status
from schemas.event import Event
from services.matcher.domain.backtest.replay import replay
from services.matcher.domain.rules.chain import chain_alert
from tests.matcher.rules import FRIDAY_NOON, correlating, detecting, report, rulebook

FIRE = detecting("fire", selection={"words|phrase": "rockets"})
CAMPAIGN = correlating(
    "campaign", ["fire"], group_by=["place"], timespan="1h", condition={"gte": 2}
)
WAVE = correlating(
    "wave",
    ["campaign"],
    type="value_count",
    timespan="1d",
    condition={"field": "place", "gte": 2},
)
BOOK = rulebook(FIRE, CAMPAIGN, WAVE)


def rockets(name: str, place: str, minutes: int, **fields: object) -> Event:
    at = FRIDAY_NOON + timedelta(minutes=minutes)
    given = {"id": name, "place": place, "occurred_at": at, "recorded_at": at} | fields
    return report("rockets", **given)


TWO_PLACES = (
    rockets("1", "Taji", 0),
    rockets("2", "Taji", 5, source_owner="afp"),
    rockets("3", "Balad", 60),
    rockets("4", "Balad", 70),
)


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
    assert hit.occurred_at == campaign.starts_at


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


def test_a_hit_is_recorded_when_the_report_that_fired_first_was() -> None:
    late = FRIDAY_NOON + timedelta(minutes=20)
    quiet = rulebook(FIRE, CAMPAIGN, correlating("wave", ["campaign"], generate=True))
    campaign = replay(quiet, (TWO_PLACES[0], rockets("2", "Taji", 5, recorded_at=late))).final[0]

    (hit,) = chain_alert(quiet, campaign)

    assert campaign.starts_at == FRIDAY_NOON + timedelta(minutes=5)
    assert hit.evidence.recorded_at == late
