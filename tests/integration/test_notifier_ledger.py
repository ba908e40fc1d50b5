"""Ledger lines on their way to a Kafka that is frozen for a while."""

from contextlib import suppress

import pytest
from kafka.errors import KafkaError

from schemas.topics import LEDGER
from services.kafka_address import KafkaAddress
from services.notifier.adapters.outbox_relay import KafkaOutboxSender
from services.notifier.domain.ports import OutboxRecord
from tests.parts import topics as parts
from tests.parts.kafka import KafkaNode
from tests.parts.waiting import until

pytestmark = pytest.mark.integration


def line(text: str) -> OutboxRecord:
    return OutboxRecord(topic=LEDGER, key=b"f", value=text.encode(), headers=[])


def test_a_frozen_kafka_gets_the_lines_afterwards(own_kafka: KafkaNode, topic_prefix: str) -> None:
    prefix = parts.create(own_kafka.bootstrap, topic_prefix)
    ledger = KafkaOutboxSender(KafkaAddress(own_kafka.bootstrap), prefix, patience_ms=2000)

    def try_to_send(text: str) -> bool:
        with suppress(KafkaError):
            ledger.send([line(text)])
            return True
        return False

    assert try_to_send("before")
    own_kafka.freeze()
    assert not try_to_send("meanwhile")
    own_kafka.thaw()

    until(lambda: try_to_send("afterwards"), "the ledger delivers again", 30)
    ledger.close()
    values = [line.value for line in parts.read_all(own_kafka.bootstrap, prefix + LEDGER)]
    assert values[0] == b"before"
    assert values[-1] == b"afterwards"
