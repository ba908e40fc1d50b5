"""A worker may die at any write while rules change: what is said in the end stays the same."""

import asyncio
from collections.abc import Awaitable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from schemas.alert import Alert, Status
from schemas.bundle import OnChange
from schemas.rule import Condition
from schemas.signal import Signal
from schemas.topics import ALERTS
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.adapters.topics.records import ProducerRecord
from services.matcher.domain.changes.active_rules import ActiveRules
from tests.fakes import FakeRecordSender
from tests.matcher.builders import HOUR, NOON, RULE, hit, retraction
from tests.matcher.changing import ChangingWorker, barrier, rules
from tests.matcher.correlation import ticks
from tests.matcher.messages import Given, retraction_message, signal_message

PAIR = replace(RULE, condition=Condition(gte=2))
EDITED = {
    "the same": PAIR,
    "stricter": replace(PAIR, condition=Condition(gte=3)),
    "laxer": replace(PAIR, condition=Condition(gte=1)),
    "shorter": replace(PAIR, timespan=HOUR, resolve_after=2 * HOUR),
}
END = NOON + 60 * HOUR
"""All has resolved by then, and nothing is forgotten: what is seen again finds its state."""


@dataclass
class AwaitedSender(FakeRecordSender):
    """Topics of which it is known how many alerts Kafka has for certain: somebody waited."""

    certain: int = 0

    async def send(self, topic: str, record: ProducerRecord) -> Awaitable[object]:
        await super().send(topic, record)
        return Receipt(self)


@dataclass
class Receipt:
    """Kafka's acknowledgement, of all that was sent until it was waited for."""

    sender: AwaitedSender

    def __await__(self) -> Generator[None, None, None]:
        self.sender.certain = len(self.sender.to(ALERTS))
        yield from ()


class CrashingTable(dict[bytes, bytes]):
    """A table that remembers each write, as its changelog does, and what Kafka had by then."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[tuple[bytes, bytes | None]] = []
        self.certain: list[int] = []
        self.sender = AwaitedSender()

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self._write(key, value)
        super().__setitem__(key, value)

    def __delitem__(self, key: bytes) -> None:
        self._write(key, None)
        super().__delitem__(key)

    def _write(self, key: bytes, value: bytes | None) -> None:
        self.writes.append((key, value))
        self.certain.append(self.sender.certain)

    def after(self, writes: int) -> "CrashingTable":
        """As a worker finds it that reads only so many of the writes."""
        recovered = CrashingTable()
        for key, value in self.writes[:writes]:
            if value is not None:
                recovered[key] = value
            elif key in recovered:
                del recovered[key]
        return recovered


@dataclass
class Life:
    """Messages in order, each with the rules that are in force when it comes, and one death."""

    messages: list[tuple[Given, int]]
    edited: str
    on_change: OnChange
    table: CrashingTable = field(default_factory=CrashingTable)
    alerts: list[Alert] = field(default_factory=list)
    writes: list[int] = field(default_factory=list)

    def again(self, table: CrashingTable | None = None) -> "Life":
        """The same messages, to be gone through anew."""
        return Life(self.messages, self.edited, self.on_change, table or CrashingTable())

    def lived(self, first: int = 0, last: int | None = None, in_force: int = 0) -> "Life":
        """Go through the messages from `first` on, with bundle `in_force` at the start."""
        asyncio.run(self._live(first, last, in_force))
        return self

    async def _live(self, first: int, last: int | None, in_force: int) -> None:
        bundles = Bundles(self._rules(in_force))
        worker = ChangingWorker(bundles, self.table, sender=self.table.sender)
        for offset, (message, number) in list(enumerate(self.messages))[first:last]:
            if number > bundles.current.number:
                bundles.put(self._rules(number))
            await worker.correlation.take(replace(message, offset=offset))
            self.writes.append(len(self.table.writes))
        self.alerts += worker.alerts

    def _rules(self, number: int) -> ActiveRules:
        if not number:
            return rules(PAIR)
        rule = EDITED[self.edited]
        changed = [rule] if self.on_change is not OnChange.KEEP else []
        return rules(rule, number=number, changed=changed, on_change=self.on_change)


@st.composite
def lives(draw: st.DrawFn) -> Life:
    on_change = draw(st.sampled_from([OnChange.REBUILD, OnChange.REBUILD, *OnChange]))
    before = [draw(_signals(number)) for number in range(draw(st.integers(0, 5)))]
    overtaken = [draw(_signals(number)) for number in range(10, 10 + draw(st.integers(0, 2)))]
    live = [draw(_signals(number)) for number in range(20, 20 + draw(st.integers(0, 3)))]
    later = [draw(_signals(number)) for number in range(30, 30 + draw(st.integers(0, 3)))]
    past = [signal.model_copy(update={"backfill": True}) for signal in (*before, *overtaken)]
    if on_change is not OnChange.REBUILD:
        past = []
    meanwhile = draw(st.permutations([*_made_by(1, past), *_made_by(1, live)]))
    messages = [
        *((message, 0) for message in _made_by(0, before)),
        *((message, 1) for message in _made_by(0, overtaken)),
        *((message, 1) for message in meanwhile),
        (ticks(NOON + 20 * HOUR, 0), 1),
        (barrier(), 1),
        *((message, 1) for message in _made_by(1, later)),
        (ticks(END, 0), 1),
    ]
    for name in draw(st.lists(st.sampled_from([*range(5), *range(20, 23)]), max_size=3)):
        position = draw(st.integers(0, len(messages) - 1))
        retracted = retraction_message(f"reuters e{name}", by=f"reuters r{name}")
        messages.insert(position, (retracted, messages[position][1]))
    # windows that are kept are judged by the edited rule when they next hear of something
    edits = sorted(EDITED) if on_change is OnChange.REBUILD else ["the same"]
    return Life(messages, draw(st.sampled_from(edits)), on_change)


@st.composite
def _signals(draw: st.DrawFn, number: int) -> Signal:
    hours = draw(st.integers(0, 24)) / 2
    signal = hit(hours, f"e{number}")
    return retraction(hours, f"e{number}") if draw(st.integers(0, 9)) == 0 else signal


def _made_by(bundle: int, signals: Sequence[Signal]) -> Iterator[Given]:
    return (signal_message(signal.model_copy(update={"bundle": bundle})) for signal in signals)


def ends(alerts: Sequence[Alert]) -> dict[str, tuple[object, ...]]:
    """What was said last of each alert, by id."""
    last: dict[str, Alert] = {}
    for alert in alerts:
        if alert.id not in last or last[alert.id].revision <= alert.revision:
            last[alert.id] = alert
    return {
        name: (alert.status, alert.reason, alert.starts_at, alert.evidence_count, alert.value)
        for name, alert in last.items()
    }


@dataclass
class Death:
    """A worker that died, and what the next one finds."""

    life: Life
    data: st.DataObject

    def __post_init__(self) -> None:
        messages = self.life.messages
        died = self.data.draw(st.integers(1, len(messages)))
        first = self.life.again().lived(0, died)
        self.in_force = messages[died - 1][1]
        self.committed = self.data.draw(st.integers(0, died - 1))
        written = first.writes[self.committed - 1] if self.committed else 0
        kept = self.data.draw(st.integers(written, first.writes[-1]))
        self.kept = first.table.after(kept)
        self.known = first.alerts[: max(first.table.certain[:kept], default=0)]

    def alerts(self, in_force: int) -> list[Alert]:
        """All that is said: what was sent after the commit is lost where nothing waited for it."""
        known = self.life.again().lived(0, self.committed)
        after = self.life.again(self.kept).lived(self.committed, None, in_force)
        return [*known.alerts, *self.known, *after.alerts]


@given(life=lives(), data=st.data())
def test_whenever_a_worker_dies_the_next_one_ends_with_the_same_alerts(
    life: Life, data: st.DataObject
) -> None:
    alerts = Death(life, data).alerts(0)

    assert ends(alerts) == ends(life.again().lived().alerts)


@given(life=lives(), data=st.data())
def test_the_next_worker_may_know_of_the_change_before_it_sees_the_messages_again(
    life: Life, data: st.DataObject
) -> None:
    # what it sees again was made by older rules: where nothing is rebuilt, a reset forgets it
    assume(life.on_change is not OnChange.RESET)
    death = Death(life, data)

    alerts = death.alerts(death.in_force)

    assert standing(alerts) == standing(life.again().lived().alerts)


@pytest.mark.parametrize(
    ("hours", "late"),
    [([0, 0.5], 0), ([0, 0.5, 8, 8.5], 4.25), ([0.5, 1, 9, 9.5], 0), ([0, 4, 4.5], 0.5)],
    ids=["begins it earlier", "joins two", "begins the first earlier", "fires before"],
)
def test_a_late_hit_that_is_half_written_changes_the_alerts_that_it_would(
    hours: list[float], late: float
) -> None:
    hits = _made_by(0, [hit(hour, f"e{number}") for number, hour in enumerate(hours)])
    messages = [
        *hits,
        ticks(NOON + 20 * HOUR, 0),
        *_made_by(0, [hit(late, "late")]),
        ticks(END, 0),
    ]
    life = Life([(message, 0) for message in messages], "the same", OnChange.KEEP)
    died = life.again().lived(0, len(messages) - 1)

    for kept in range(died.writes[-1]):
        after = life.again(died.table.after(kept)).lived()

        assert standing(after.alerts) == standing(life.again().lived().alerts), kept


def standing(alerts: Sequence[Alert]) -> set[tuple[object, ...]]:
    """How the alerts ended that were not withdrawn: ids tell in which order things came."""
    return {end for end in ends(alerts).values() if end[0] is not Status.WITHDRAWN}
