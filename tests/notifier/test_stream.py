"""From the alerts topic into the log: what is not safe there comes again."""

import pytest
from kafka.errors import KafkaTimeoutError
from prometheus_client import REGISTRY

from schemas.duty import MESSAGES_LOST
from schemas.signal import Signal
from services.notifier.domain.rebuild_ports import Completion
from tests.fake_log import FakeLog
from tests.fakes import FakeClock
from tests.notifier.alert_stream import AlertRecord, FakeConsumer, run
from tests.notifier.alerts import NOON, alert, wire


@pytest.fixture
def log() -> FakeLog:
    return FakeLog(FakeClock())


def test_a_queued_batch_is_committed(log: FakeLog) -> None:
    consumer = FakeConsumer([AlertRecord(wire(alert()), 0)])

    run(log, consumer)

    assert list(log.queue) == [("slack", "a1")]
    assert (consumer.committed, consumer.at) == (1, 1)


def test_alerts_deleted_before_they_are_read_are_signalled_and_the_next_is_queued(
    log: FakeLog,
) -> None:
    deleted = [AlertRecord(b"{", offset) for offset in range(3)]
    consumer = FakeConsumer([*deleted, AlertRecord(wire(alert()), 3)], at=1, start=3)

    outbox = run(log, consumer)

    [signal] = [Signal.model_validate_json(record.value) for record in outbox.appended]
    assert (signal.rule, signal.fields) == (MESSAGES_LOST, {"messages": "2"})
    assert list(log.queue) == [("slack", "a1")]


def test_a_malformed_alert_is_a_dead_letter_and_the_next_is_queued(log: FakeLog) -> None:
    consumer = FakeConsumer([AlertRecord(b"{", 0), AlertRecord(wire(alert()), 1)])

    outbox = run(log, consumer)

    assert [letter.value for letter in outbox.appended] == [b"{"]
    assert list(log.queue) == [("slack", "a1")]


def test_an_alert_with_an_added_field_is_queued(log: FakeLog) -> None:
    raw = wire(alert()).replace(b"{", b'{"added_later": {"x": 1}, ', 1)

    outbox = run(log, FakeConsumer([AlertRecord(raw, 0)]))

    assert [queued.job.alert for queued in log.queue.values()] == [alert()]
    assert outbox.appended == []


def test_nothing_is_committed_while_the_log_is_lost(log: FakeLog) -> None:
    consumer = FakeConsumer([AlertRecord(wire(alert()), 0)])
    log.lose_all()

    run(log, consumer)

    assert (consumer.committed, consumer.at) == (0, 0)


def test_alerts_queued_in_a_log_lost_before_the_commit_are_queued_again(log: FakeLog) -> None:
    def lost_and_rebuilt() -> None:
        log.lose_all()
        log.completion = Completion(NOON, gap=False)

    consumer = FakeConsumer([AlertRecord(wire(alert()), 0)], [lost_and_rebuilt])

    run(log, consumer)

    assert list(log.queue) == [("slack", "a1")]


def test_a_batch_not_committed_is_read_again(log: FakeLog) -> None:
    def fail() -> None:
        raise KafkaTimeoutError

    consumer = FakeConsumer([AlertRecord(wire(alert()), 0)], [fail])

    run(log, consumer)

    assert consumer.committed == 1


def shown_lag() -> float | None:
    return REGISTRY.get_sample_value("vedette_notifier_consumer_lag", {"partition": "0"})


def test_the_lag_is_what_waits_behind_the_position(log: FakeLog) -> None:
    log.lose_all()

    run(log, FakeConsumer([AlertRecord(wire(alert()), offset) for offset in range(3)]))

    assert shown_lag() == 3.0


def test_no_lag_is_shown_of_a_partition_that_another_notifier_owns(log: FakeLog) -> None:
    run(log, FakeConsumer([AlertRecord(wire(alert()), 0)]))
    before = shown_lag()

    run(log, FakeConsumer([], owns=False))

    assert (before, shown_lag()) == (0.0, None)
