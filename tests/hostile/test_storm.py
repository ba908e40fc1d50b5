"""A token that invents groups makes one message of them, and hides nobody else's alert."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from schemas.alert import Alert, Status
from schemas.signal import Signal
from schemas.storm import GROUPS_A_MINUTE, STORM, StormNews
from schemas.topics import ALERTS, SIGNALS
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.adapters.topics.codec import encode_signal
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.rules.rulebook import Rulebook
from services.notifier.domain.route import select_receivers
from services.notifier.domain.routing.default_routes import make_default_routing
from services.notifier.domain.traits import ReceiverTraits
from tests.fakes import FakeRecordSender
from tests.matcher.builders import ALONE, HOUR, NOON, hit
from tests.matcher.correlation import correlator, ticks
from tests.matcher.messages import Given
from tests.notifier.desk import DeliveryDesk

SECOND = timedelta(seconds=1)
RULES = ActiveRules(Rulebook(windows={(ALONE.pack, ALONE.name): ALONE}))
TO_SLACK = make_default_routing(["slack"])
PAGER = ReceiverTraits("pagerduty", pages=True, idempotent=True)


@dataclass
class Floor:
    """correlate on one partition of the signals topic, which also gets what it sends there."""

    table: dict[bytes, bytes] = field(default_factory=dict)
    sender: FakeRecordSender = field(default_factory=FakeRecordSender)
    offset: int = 0
    passed: int = 0
    partitions: int = 1

    def __post_init__(self) -> None:
        self.correlation = correlator(Bundles(RULES), self.table, self.sender, self.partitions)
        self.correlation.groups_a_minute = GROUPS_A_MINUTE

    def restart(self) -> None:
        self.__post_init__()

    async def take(self, *signals: Signal) -> None:
        for signal in signals:
            record = encode_signal(signal)
            await self._give(Given(record.value, record.headers, record.key))

    async def tick(self, time: datetime) -> None:
        await self._give(ticks(time, 0))

    async def _give(self, message: Given) -> None:
        await self._take(message)
        while self.passed < len(self.sender.to(SIGNALS)):
            record = self.sender.to(SIGNALS)[self.passed]
            self.passed += 1
            await self._take(Given(record.value, record.headers, record.key))

    async def _take(self, message: Given) -> None:
        self.offset += 1
        at = Given(message.value, message.headers, message.key, offset=self.offset)
        await self.correlation.take(at)

    @property
    def alerts(self) -> Sequence[Alert]:
        return self.sender.decode(ALERTS, Alert)

    @property
    def notified(self) -> Sequence[Alert]:
        """The last revision of each alert that a receiver gets."""
        sent = [alert for alert in self.alerts if select_receivers(TO_SLACK, alert)]
        return list({alert.id: alert for alert in sent}.values())

    @property
    def news(self) -> Sequence[StormNews]:
        return self.sender.decode(SIGNALS, StormNews)

    @property
    def storms(self) -> Sequence[Alert]:
        return [alert for alert in self.notified if STORM in alert.group]


def invented(number: int, owner: str = "evil", seconds: float = 0.0) -> Signal:
    """A hit in a group of its own."""
    signal = hit(seconds / 3600, f"{owner}-{number}", owner=owner)
    return signal.model_copy(update={"group": {"names": f"front {number}"}})


def flood(count: int, owner: str = "evil") -> list[Signal]:
    """So many groups, 200 of them a second."""
    return [invented(number, owner, number / 200) for number in range(count)]


async def test_of_a_thousand_invented_groups_sixty_are_told_singly_and_the_others_as_one() -> None:
    floor = Floor()

    await floor.take(*flood(1000))
    await floor.tick(NOON + 5 * SECOND)

    (storm,) = floor.storms
    assert len(floor.notified) == GROUPS_A_MINUTE + 1
    assert len({alert.id for alert in floor.alerts}) == 1000 + 1
    assert storm.evidence_count == 1000 - GROUPS_A_MINUTE
    assert storm.starts_at == NOON + GROUPS_A_MINUTE * SECOND / 200
    assert storm.summary == "Storm by evil: 940 more new groups of Three proxies endorse one march"
    assert [report.event_id for report in storm.evidence][:2] == ["evil-999", "evil-998"]


async def test_an_alert_of_another_owner_goes_out_by_itself_meanwhile() -> None:
    floor = Floor()

    await floor.take(*flood(200), invented(1000, "reuters", 1), *flood(300))

    assert [alert.group for alert in floor.notified if alert.evidence[0].source == "reuters"] == [
        {"names": "front 1000"}
    ]


async def test_evidence_of_another_owner_takes_an_alert_out_of_the_storm() -> None:
    floor = Floor()
    await floor.take(*flood(100))

    confirming = hit(0.001, "seen too", owner="reuters")
    await floor.take(confirming.model_copy(update={"group": {"names": "front 99"}}))

    out = floor.notified[-1]
    assert (out.group, out.storm, out.revision) == ({"names": "front 99"}, False, 2)


async def test_a_storm_is_announced_by_the_next_tick_and_revised_once_a_tick() -> None:
    floor = Floor()
    signals = flood(600)

    await floor.take(*signals[:400])
    before = [alert.revision for alert in floor.alerts if STORM in alert.group]
    await floor.tick(NOON + 2 * SECOND)
    await floor.tick(NOON + 2.5 * SECOND)
    await floor.take(*signals[400:])
    for seconds in (3, 4, 5, 6):
        await floor.tick(NOON + seconds * SECOND)

    shown = [
        (alert.revision, alert.evidence_count) for alert in floor.alerts if STORM in alert.group
    ]
    assert before == []
    assert shown == [(1, 340), (2, 540)]


async def test_a_storm_ends_five_minutes_after_its_newest_group_and_leaves_no_state() -> None:
    floor = Floor()
    await floor.take(*flood(100))

    await floor.tick(NOON + SECOND)
    await floor.tick(NOON + 299 * SECOND)
    before = floor.storms[0].status
    await floor.tick(NOON + 301 * SECOND)
    await floor.tick(NOON + 361 * SECOND)

    (storm,) = floor.storms
    assert (before, storm.status) == (Status.FIRING, Status.RESOLVED)
    assert storm.reason == "no new group for 5 minutes"
    assert not [key for key in floor.table if b":f:" in key or b":n:" in key]


async def test_the_next_storm_is_another_message_and_counts_its_own_groups() -> None:
    floor = Floor()
    await floor.take(*flood(100))
    await floor.tick(NOON + SECOND)
    await floor.tick(NOON + 301 * SECOND)

    later = [invented(1000 + number, seconds=310 + number / 200) for number in range(100)]
    await floor.take(*later)
    await floor.tick(NOON + 311 * SECOND)

    ended, firing = floor.storms
    assert (ended.status, ended.evidence_count) == (Status.RESOLVED, 40)
    assert (firing.status, firing.evidence_count) == (Status.FIRING, 40)


async def test_sixty_groups_a_minute_are_no_storm_for_however_long() -> None:
    floor = Floor()

    for number in range(300):
        await floor.take(invented(number, seconds=float(number)))
        await floor.tick(NOON + number * SECOND)

    assert len(floor.notified) == 300
    assert not floor.storms


async def test_a_storm_goes_on_after_a_restart() -> None:
    floor = Floor()
    signals = flood(200)
    await floor.take(*signals[:100])
    floor.restart()
    await floor.take(*signals[100:])
    await floor.tick(NOON + 2 * SECOND)

    assert len(floor.notified) == GROUPS_A_MINUTE + 1
    assert floor.storms[0].evidence_count == 140


async def test_a_message_that_comes_again_tells_nobody_anything_new() -> None:
    floor = Floor()
    signals = flood(100)
    await floor.take(*signals)
    before = floor.offset
    await floor.tick(NOON + SECOND)
    before_replay = {alert.id: alert for alert in floor.notified}

    floor.offset = before - 10
    floor.restart()
    await floor.take(*signals[90:])
    await floor.tick(NOON + SECOND)
    await floor.tick(NOON + 2 * SECOND)

    assert {alert.id: alert for alert in floor.notified} == before_replay


async def test_the_same_alerts_are_marked_where_a_crash_kept_the_count_alone() -> None:
    floor = Floor()
    signals = flood(GROUPS_A_MINUTE + 2)
    await floor.take(*signals[:GROUPS_A_MINUTE])
    for signal in signals[GROUPS_A_MINUTE:]:
        kept = dict(floor.table)
        await floor.take(signal)
        counts = {key: raw for key, raw in floor.table.items() if b":n:" in key}
        floor.table.clear()
        floor.table |= kept | counts
        floor.restart()
        await floor.take(signal)

    marked = [alert.storm for alert in floor.alerts if STORM not in alert.group]
    await floor.tick(NOON + SECOND)

    assert marked == [False] * GROUPS_A_MINUTE + [True] * 4
    assert floor.storms[0].evidence_count == 2


async def test_news_that_a_crash_lost_is_sent_again_with_its_tick_and_not_with_others() -> None:
    floor = Floor()
    await floor.take(*flood(100))
    await floor.tick(NOON + SECOND)
    floor.offset -= 2  # the tick, and the news that it led to
    floor.restart()

    await floor.tick(NOON + SECOND)
    await floor.tick(NOON + 2 * SECOND)
    await floor.tick(NOON + 3 * SECOND)

    first, again = floor.news
    assert first == again
    assert first.count == 40


async def test_each_of_three_partitions_tells_a_third_of_the_groups_singly() -> None:
    floor = Floor(partitions=3)

    await floor.take(*flood(100))

    assert len(floor.notified) == GROUPS_A_MINUTE // 3


async def test_slack_gets_sixty_one_messages_and_the_pager_as_many_pages() -> None:
    floor = Floor()
    await floor.take(*flood(1000))
    await floor.tick(NOON + 5 * SECOND)
    await floor.tick(NOON + HOUR)

    for traits in (ReceiverTraits("slack"), PAGER):
        desk = DeliveryDesk(traits)
        for alert in floor.alerts:
            if select_receivers(make_default_routing([traits.name]), alert):
                desk.queue(alert)
                desk.handle_all()
        assert len(desk.messages) == GROUPS_A_MINUTE + 1
        assert desk.messages[-1][-1].endswith("resolved")
