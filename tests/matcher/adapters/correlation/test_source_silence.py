"""correlate: heartbeats and the silence of sources, over a table that outlives the worker."""

import asyncio
from dataclasses import replace

from schemas.alert import Alert, Status
from schemas.duty import WATCHDOG_SOURCE, is_watchdog
from schemas.envelope import HEARTBEAT, cloud_headers
from schemas.heartbeat import Heartbeat
from schemas.indication import Indication
from schemas.pack import SourceRhythm
from schemas.topics import ALERTS, SIGNALS
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.adapters.state.keys import ValueKind, has_kind
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.duty.watched_sources import WatchedSources
from services.matcher.domain.rules.compile_sources import compile_sources
from services.matcher.domain.rules.rulebook import Rulebook
from tests.fakes import FakeRecordSender
from tests.matcher.builders import HOUR, NOON
from tests.matcher.correlation import correlator, states_in
from tests.matcher.hypotheses import hypothesis
from tests.matcher.messages import Given, tick, tick_message
from tests.parts.waiting import let_others_run


def every(span: str, name: str = "reuters") -> WatchedSources:
    return compile_sources([{name: SourceRhythm.model_validate({"every": span})}], ())


def rules_watching(watched: WatchedSources, number: int = 0) -> ActiveRules:
    return ActiveRules(Rulebook(sources=watched, hypotheses=(hypothesis(),), number=number))


class SilenceWorker:
    """A correlate agent over a table, fresh as after a start; one signals partition."""

    def __init__(
        self, watched: WatchedSources, table: dict[bytes, bytes] | None = None, offset: int = 0
    ) -> None:
        self.watched, self.table, self.offset = watched, {} if table is None else table, offset
        self.sender = FakeRecordSender()
        self.bundles = Bundles(rules_watching(watched))
        self.correlation = correlator(self.bundles, self.table, self.sender)

    def restarted(self) -> "SilenceWorker":
        return SilenceWorker(self.watched, self.table, self.offset)

    def watch(self, watched: WatchedSources) -> None:
        self.bundles.put(rules_watching(watched, self.bundles.current.number + 1))

    async def report(
        self, hours: float, source: str = "reuters", offset: int | None = None
    ) -> None:
        at = NOON + hours * HOUR
        heartbeat = Heartbeat(source=source, event="1", at=at, partition=0)
        headers = cloud_headers(HEARTBEAT, "heartbeat", "test", at)
        await self._take(Given(heartbeat.model_dump_json().encode(), headers), offset)

    async def tick(self, hours: float, offset: int | None = None) -> None:
        await self._take(tick_message(tick(NOON + hours * HOUR)), offset)

    async def _take(self, message: Given, offset: int | None) -> None:
        self.offset = self.offset + 1 if offset is None else offset
        await self.correlation.take(replace(message, offset=self.offset))

    @property
    def states(self) -> list[bytes]:
        return [key for key in states_in(self.table) if not has_kind(key, ValueKind.PROGRESS)]

    @property
    def alerts(self) -> list[Alert]:
        return self.sender.decode(ALERTS, Alert)

    @property
    def silences(self) -> list[tuple[str, Status]]:
        return [(alert.group["source"], alert.status) for alert in self.alerts]

    @property
    def indications(self) -> list[tuple[str, str, bool]]:
        news = self.sender.decode(SIGNALS, Indication)
        return [
            (indication.hypothesis, indication.source, indication.silent) for indication in news
        ]


async def test_a_silence_is_an_alert_and_an_indication_for_every_hypothesis() -> None:
    worker = SilenceWorker(every("6h"))
    await worker.report(0)
    await worker.report(0, "afp")
    await worker.tick(5)
    assert worker.silences == []

    await worker.tick(7)
    await worker.tick(7.1)

    assert worker.silences == [("reuters", Status.FIRING)]
    assert worker.indications == [("mlcoa", "reuters", True)]


async def test_the_next_report_ends_it() -> None:
    worker = SilenceWorker(every("6h"))
    await worker.report(0)
    await worker.tick(7)

    await worker.report(7.5)

    assert worker.silences[1:] == [("reuters", Status.RESOLVED)]
    assert worker.indications[1:] == [("mlcoa", "reuters", False)]


async def test_a_report_in_time_moves_what_is_due() -> None:
    worker = SilenceWorker(every("6h"))
    for hours in range(0, 24, 3):
        await worker.report(hours)
        await worker.tick(hours + 2)
    assert worker.silences == []

    await worker.tick(28)

    assert worker.silences == [("reuters", Status.FIRING)]


async def test_a_restart_finds_what_is_due_in_the_table() -> None:
    worker = SilenceWorker(every("6h"))
    await worker.report(0)

    again = worker.restarted()
    await again.tick(7)

    assert again.silences == [("reuters", Status.FIRING)]


async def test_a_message_that_comes_again_sends_it_all_again() -> None:
    worker = SilenceWorker(every("6h"))
    await worker.report(0)
    await worker.tick(7, offset=5)

    again = worker.restarted()
    await again.tick(7, offset=5)

    assert again.alerts == worker.alerts
    assert again.indications == worker.indications


async def test_other_rules_count_from_the_next_message_on() -> None:
    worker = SilenceWorker(every("6h"))
    await worker.report(0)
    await worker.tick(2)

    worker.watch(every("1h"))
    await worker.tick(2.1)

    assert worker.silences == [("reuters", Status.FIRING)]


async def test_a_source_is_dropped_only_when_kafka_has_its_last_alert() -> None:
    worker = SilenceWorker(every("6h", "telegram:@a"))
    await worker.report(0, "telegram:@a")
    await worker.tick(7)
    worker.watch(every("6h", "telegram"))
    worker.sender.silent = True

    dropping = asyncio.create_task(worker.tick(8))
    await let_others_run()
    assert worker.states
    worker.sender.acknowledge()
    await dropping

    assert worker.silences[-1] == ("telegram:@a", Status.RESOLVED)
    assert worker.states == []


async def test_no_key_is_mistaken_for_a_window() -> None:
    worker = SilenceWorker(every("6h", 'rss:a["1"]'))

    await worker.report(0, 'rss:a["1"]')

    (key,) = worker.states
    assert has_kind(key, ValueKind.SOURCE)
    await worker.restarted().tick(1)


async def test_no_state_is_kept_of_a_source_that_no_pack_names() -> None:
    worker = SilenceWorker(every("6h"))

    await worker.report(0, "another")
    await worker.report(0, "reuters")

    assert worker.states == [b"1:s:reuters"]


async def test_the_watchdog_is_an_alert_at_once_and_nothing_is_kept_of_it() -> None:
    worker = SilenceWorker(every("6h"))

    await worker.report(0, WATCHDOG_SOURCE)
    await worker.tick(1000)

    (alert,) = worker.alerts
    assert is_watchdog(alert)
    assert worker.states == []
