"""A reporter is one reporter, under however many names below its source it reports."""

from collections.abc import Iterable

import pytest

from schemas.alert import Alert
from schemas.event import Event
from schemas.rule import CorrelationRule, Corroboration
from schemas.topics import ALERTS
from services.ingest.domain.reporter import Reporter
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.rules.signals import make_signals
from tests.fakes import FakeRecordSender
from tests.ingest.builders import context, normalized
from tests.ingest.builders import report as body
from tests.matcher.correlation import correlator
from tests.matcher.messages import signal_message
from tests.matcher.rules import correlating, detecting, rulebook

EVIL = Reporter("evil", owner="evil")
OWNED = Reporter("evil", owner="Evil Press")
OTHER = Reporter("other", owner="other")
STRIKE = detecting("strike", selection={"words|phrase": "rockets"})
COUNTED = correlating("counted", ["strike"], count_by="source", condition={"gte": 2})
CORROBORATED = correlating(
    "corroborated", ["strike"], count_by="event", condition={"gte": 1}
).model_copy(update={"corroboration": Corroboration(sources=2)})


def reported(by: Reporter, *channels: str) -> list[Event]:
    """A report of each channel, each with its words, as ingest stores it."""
    return [
        normalized(body(id=name, source=name, text=f"Rockets hit {name}."), context(by)).event
        for name in channels
    ]


async def alerts_of(rule: CorrelationRule, events: Iterable[Event]) -> list[Alert]:
    sender, rules = FakeRecordSender(), rulebook(STRIKE, rule)
    correlation = correlator(Bundles(ActiveRules(rules)), {}, sender)
    signals = [signal for event in events for signal in make_signals(rules, event)]
    for offset, signal in enumerate(signals):
        await correlation.take(signal_message(signal, offset))
    assert len(signals) >= 3
    return list(sender.decode(ALERTS, Alert))


@pytest.mark.parametrize("by", [EVIL, OWNED], ids=lambda by: by.owner)
async def test_channels_of_one_token_are_one_source_to_count(by: Reporter) -> None:
    alone = reported(by, "evil:0", "evil:1", "evil")

    assert await alerts_of(COUNTED, alone) == []
    assert await alerts_of(COUNTED, [*alone, *reported(OTHER, "other:0")])


@pytest.mark.parametrize("by", [EVIL, OWNED], ids=lambda by: by.owner)
async def test_channels_of_one_token_corroborate_nothing(by: Reporter) -> None:
    alone = reported(by, "evil:0", "evil:1", "evil")

    told = await alerts_of(CORROBORATED, alone)
    other = await alerts_of(CORROBORATED, [*alone, *reported(OTHER, "other:0")])

    assert {alert.uncorroborated for alert in told} == {True}
    assert not other[-1].uncorroborated
