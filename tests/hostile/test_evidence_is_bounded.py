"""No report is too long for the signals, states and alerts that it leads to."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from schemas.alert import (
    LONGEST_FIELD,
    LONGEST_TITLE,
    MOST_EVIDENCE,
    Alert,
    Evidence,
    Level,
    Status,
)
from schemas.event import Event
from schemas.model import LONGEST_LIST, LONGEST_NAME, LONGEST_TEXT
from schemas.rule import AlertText
from schemas.signal import LARGEST_SIGNAL
from schemas.topics import ALERTS, DEAD_LETTERS
from services.matcher.adapters.metrics import ALERTS as ALERTS_SENT
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.adapters.rules.rule_files import read_rule_files
from services.matcher.adapters.state.keyed_states import LARGEST_VALUE
from services.matcher.adapters.state.keys import ValueKind, has_kind
from services.matcher.adapters.topics.codec import encode_signal
from services.matcher.domain.alerts.announce import MERGED
from services.matcher.domain.alerts.forget import MOST_FIRING
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.hypotheses.apply_change import MOST_ALERTS, MOST_REPORTS
from services.matcher.domain.hypotheses.distance import Distance
from services.matcher.domain.hypotheses.fit import fit_state
from services.matcher.domain.hypotheses.state import (
    MOST_OBSERVATIONS,
    MOST_WINDOWS,
    HypothesisState,
    Observation,
)
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.domain.rules.signals import MOST_GROUPS, make_signals
from services.matcher.domain.windows.announced_alerts import (
    AlertWords,
    AnnouncedAlert,
    AnnouncedAlerts,
)
from services.matcher.domain.windows.ordered import Ordered
from services.matcher.domain.windows.panes import (
    encode_head,
    encode_pane,
    name_alerts,
    split_events,
)
from services.matcher.domain.windows.state import FiringRun, WindowState, make_hit, micros
from services.matcher.domain.windows.window_rule import WindowRule
from tests.fakes import FakeRecordSender
from tests.matcher.builders import ALONE, HOUR, NOON, RULE, hit
from tests.matcher.correlation import correlator, states_in, ticks
from tests.matcher.messages import signal_message
from tests.matcher.rules import correlating, detecting, report, rulebook

PACK = Path(__file__).parents[2] / "rules" / "iraq-2020"
ENDORSED = "Badr joins the million-man march. "
GENUINE = ("Kata'ib Hezbollah", "Badr", "Asa'ib Ahl al-Haq")
JOINT = ("joint_march", 3)
MOST_HITS = 20_000
"""The largest `max_hits` of a rule."""
RUN = FiringRun(micros(NOON), (micros(NOON),), 1, 10**6)
MOST_FOR_ONE_REPORT = 1_600_000


@pytest.fixture(scope="module")
def iraq() -> Rulebook:
    rules, faults = read_rule_files(PACK).rulebook()
    assert not faults
    return rules


def march(name: str, *, title: int = 0, days: float = 0, actor: str = "Badr") -> Event:
    """A report that matches `march_endorsed`, with a title of so many bytes."""
    at = NOON + timedelta(days=days)
    long = ENDORSED + "x" * (title - len(ENDORSED))
    return report(ENDORSED, id=name, source=f"s-{name}", title=long, actors=[actor], occurred_at=at)


def genuine(days: float = 0.1) -> list[Event]:
    return [march(actor[:2], days=days, actor=actor) for actor in GENUINE]


async def correlate(rules: Rulebook, events: Sequence[Event]) -> FakeRecordSender:
    """What `correlate` sends for the signals of the events; all that it keeps fits a message."""
    sender, table = FakeRecordSender(), dict[bytes, bytes]()
    correlation = correlator(Bundles(ActiveRules(rules)), table, sender)
    signals = [signal for event in events for signal in make_signals(rules, event)]
    for offset, signal in enumerate(signals):
        await correlation.take(signal_message(signal, offset))
    assert max(map(len, table.values())) <= LARGEST_VALUE
    assert sender.to(DEAD_LETTERS) == []
    return sender


def fired(sender: FakeRecordSender) -> set[tuple[str, float | None]]:
    return {(alert.rule.name, alert.value) for alert in sender.decode(ALERTS, Alert)}


async def test_long_titles_do_not_keep_a_rule_from_firing(iraq: Rulebook) -> None:
    sizes = [LONGEST_TEXT] * 13 + [LONGEST_TEXT >> halved for halved in range(1, 9)] * 2
    flood = [march(str(number), title=size) for number, size in enumerate(sizes)]

    assert JOINT in fired(await correlate(iraq, [*flood, *genuine()]))


async def test_an_alert_with_long_titles_as_evidence_fits_a_message(iraq: Rulebook) -> None:
    flood = [march(str(day), title=LONGEST_TEXT, days=day / 3) for day in range(18)]

    sender = await correlate(iraq, [*genuine(), *flood])

    last = sender.decode(ALERTS, Alert)[-1]
    assert (last.rule.name, len(last.evidence)) == ("joint_march", MOST_EVIDENCE)


NAMED = detecting("named", selection={"words|phrase": "march"})
FIELDS = ["title", "text", "url", "place", "attributes", "quantities", "targets"]
COUNTED = correlating(
    "counted",
    ["named"],
    type="value_count",
    group_by=["actors", "source", "story"],
    condition={"field": "targets", "gte": 1},
).model_copy(update={"alert": AlertText(summary=" ".join(f"{{{{ {name} }}}}" for name in FIELDS))})


def widest(filler: str) -> Event:
    """A report that is as long as it may be in every field that a signal has something of."""
    name, text = filler * LONGEST_NAME, filler * (LONGEST_TEXT // len(filler.encode()) // 8)
    names = [f"{number}{name}"[:LONGEST_NAME] for number in range(LONGEST_LIST)]
    return report(
        f"march {text}",
        id=name,
        source=name,
        source_owner=name,
        story=name,
        url=name,
        place=name,
        title="march " * 100 + text,
        actors=names,
        targets=names,
        attributes=dict.fromkeys(names, name),
        quantities=dict.fromkeys(names, 1e300),
    )


@pytest.mark.parametrize("filler", ["x", '"', "\N{ARABIC LETTER BEH}", "\N{SNOWMAN}", "\N{RABBIT}"])
def test_whatever_a_report_holds_its_signals_are_small(filler: str) -> None:
    signals = make_signals(rulebook(NAMED, COUNTED), widest(filler))

    sizes = [len(encode_signal(signal).value or b"") for signal in signals]
    assert len(sizes) == MOST_GROUPS
    assert max(sizes) < LARGEST_SIGNAL
    assert sum(sizes) < MOST_FOR_ONE_REPORT


def test_a_report_of_many_signals_weighs_at_most_twice_as_much() -> None:
    actors = [f"{number} {'x' * 200}" for number in range(LONGEST_LIST)]
    long = {"title": f"march {'y' * 60_000}", "actors": actors, "targets": ["a"]}
    one = report(f"march {'x' * 60_000}", **long)

    signals = make_signals(rulebook(NAMED, COUNTED), one)

    assert len(signals) == MOST_GROUPS
    sizes = [len(encode_signal(signal).value or b"") for signal in signals]
    assert sum(sizes) < 2 * len(one.model_dump_json())


def test_what_is_cut_stays_different() -> None:
    rules = rulebook(detecting("fire", selection={"words|phrase": "fire"}, group_by=["place"]))
    places = [f"{'x' * (LONGEST_NAME - 1)}{number}" for number in range(2)]

    signals = [
        signal
        for place in places
        for signal in make_signals(rules, report("fire", place=place, id=place))
    ]

    assert len({signal.key for signal in signals}) == len({hit.identity for hit in signals}) == 2
    assert max(len(signal.key) for signal in signals) < LONGEST_NAME


def test_the_head_of_a_state_with_the_most_of_everything_fits_a_message() -> None:
    times = range(micros(NOON), micros(NOON) + MOST_HITS)
    signal = make_hit(hit(0))
    words = AlertWords('"' * LONGEST_FIELD, "\N{RABBIT}" * (LONGEST_FIELD // 2))
    alert = AnnouncedAlert(
        id="0" * 20,
        revision=10**6,
        status=Status.WITHDRAWN,
        start=micros(NOON),
        last=micros(NOON),
        level=Level.INFORMATIONAL,
        value=10**6,
        count=10**6,
        detected=micros(NOON),
        updated=micros(NOON),
        resolved=micros(NOON),
        reason=MERGED,
    )
    state = WindowState(
        hits=Ordered.of(replace(signal, at=at) for at in times),
        retractions={str(at): at for at in times},
        dropped_live={str(at): at for at in times},
        runs=(FiringRun(micros(NOON), tuple(times), 1, 10**6),) + MOST_FIRING * (RUN,),
        announced=AnnouncedAlerts.of(MOST_FIRING * [replace(alert, words=words)]),
    )
    alerts = name_alerts(state.announced.panes[:-1])

    assert len(encode_head(state, [*split_events(state), *alerts])) <= LARGEST_VALUE
    assert max(len(encode_pane(*part)) for part in alerts.items()) <= LARGEST_VALUE


def test_a_hypothesis_with_the_longest_evidence_fits_a_message() -> None:
    """Of twenty indicators, each with as many alerts, reports and windows as are kept."""
    long = "\N{RABBIT}" * LONGEST_TITLE
    piece = Evidence(
        event_id=long, source=long, occurred_at=NOON, url=long, title=long, excerpt=long
    ).model_dump(mode="json")
    seen = Observation("a" * 20, 1, micros(NOON), evidence=(piece,) * MOST_REPORTS)
    far = {f"{long}{n}": Distance(9, ((n % 9, 0),) * 9) for n in range(MOST_WINDOWS)}
    rules = [f"indicator_{number}" for number in range(20)]
    state = HypothesisState(
        observations=dict.fromkeys(rules, (seen,) * MOST_OBSERVATIONS),
        distances=dict.fromkeys(rules, far),
        announced=({"evidence": [piece] * MOST_EVIDENCE},) * MOST_ALERTS,
    )

    fitted = fit_state(state)

    assert len(state.encode()) > LARGEST_VALUE > len(fitted.encode())
    assert all(of_rule[-1].evidence for of_rule in fitted.observations.values())
    assert {windows.keys() <= far.keys() for windows in fitted.distances.values()} == {True}
    assert fit_state(fitted) is fitted


@pytest.mark.parametrize("rule", [ALONE, RULE], ids=["alerts", "waits"])
async def test_invented_groups_are_forgotten_with_their_retention(rule: WindowRule) -> None:
    table = dict[bytes, bytes]()
    rules = ActiveRules(Rulebook(windows={(rule.pack, rule.name): rule}))
    correlation = correlator(Bundles(rules), table, FakeRecordSender())
    for number in range(20):
        invented = hit(0).model_copy(update={"group": {"place": str(number)}})
        await correlation.take(signal_message(invented, number))
    assert len(table) >= 40

    for offset, hours in enumerate((1, 100, 200, 201), 20):
        await correlation.take(ticks(NOON + hours * HOUR, offset))

    assert {key for key in states_in(table) if not has_kind(key, ValueKind.PROGRESS)} == set()


async def test_an_alert_is_counted_as_sent_only_if_it_was() -> None:
    sender = FakeRecordSender(limit=100)
    rules = ActiveRules(Rulebook(windows={(ALONE.pack, ALONE.name): ALONE}))
    before = sent_alerts()

    await correlator(Bundles(rules), {}, sender).take(signal_message(hit(0)))

    assert len(sender.to(DEAD_LETTERS)) == 1
    assert sent_alerts() == before


def sent_alerts() -> float:
    return sum(
        sample.value
        for family in ALERTS_SENT.collect()
        for sample in family.samples
        if sample.name.endswith("_total")
    )
