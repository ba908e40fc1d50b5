"""The relay of the outbox: records stay until Kafka has them, and a row of failures is a fault."""

from collections.abc import Iterable
from dataclasses import dataclass

from kafka.errors import KafkaTimeoutError

from schemas.topics import DEAD_LETTERS
from services.notifier.adapters.outbox_relay import PATIENCE_SECONDS, OutboxRelay
from services.notifier.domain.ports import OutboxRecord
from tests.fakes import FakeOutbox, SteppedClock

LETTER = OutboxRecord(DEAD_LETTERS, b"k", b"v", [])


@dataclass
class FakeSender:
    """Kafka, which is away or not."""

    is_away: bool = True

    def send(self, records: Iterable[OutboxRecord]) -> None:  # noqa: ARG002  (as the port says)
        if self.is_away:
            raise KafkaTimeoutError("no answer")

    def close(self) -> None:
        """Nothing is open."""


def relay_with(sender: FakeSender, clock: SteppedClock, store: FakeOutbox) -> OutboxRelay:
    return OutboxRelay(store, sender, lambda _lines: None, clock)


def test_records_that_kafka_does_not_take_stay_and_are_a_fault_after_a_moment() -> None:
    clock, store = SteppedClock(100.0), FakeOutbox([LETTER])
    relay = relay_with(FakeSender(), clock, store)

    relay.relay()
    at_first = relay.check()
    clock.now += PATIENCE_SECONDS
    relay.relay()

    assert store.appended == [LETTER]
    assert at_first is None
    fault = relay.check() or ""
    assert fault.startswith("ledger lines and dead letters have waited for 15 s: KafkaTimeoutError")


def test_what_kafka_has_is_dropped_and_the_fault_is_over() -> None:
    clock, store, sender = SteppedClock(100.0), FakeOutbox([LETTER]), FakeSender()
    relay = relay_with(sender, clock, store)
    relay.relay()
    clock.now += PATIENCE_SECONDS

    sender.is_away = False
    relay.relay()

    assert store.appended == []
    assert relay.check() is None
