"""A rule over a rule: rockets make a campaign at a place."""

from datetime import timedelta

from schemas.event import Event
from tests.matcher.rules import (
    FRIDAY_NOON,
    correlating,
    detecting,
    report,
)

FIRE = detecting("fire", selection={"words|phrase": "rockets"})


CAMPAIGN = correlating(
    "campaign", ["fire"], group_by=["place"], timespan="1h", condition={"gte": 2}
)


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
