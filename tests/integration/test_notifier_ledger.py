"""The ledger's way to Kafka, through a Kafka that stands still."""

from contextlib import suppress

import pytest
from kafka.errors import KafkaError

from schemas.topics import LEDGER
from services.notifier.adapters.outbox_relay import KafkaOutboxSender
from services.notifier.domain.ports import OutboxRecord
from tests.parts import topics as parts
from tests.parts.kafka import KafkaNode
from tests.parts.waiting import until

pytestmark = pytest.mark.integration


def line(text: str) -> OutboxRecord:
    return OutboxRecord(topic=LEDGER, key=b"f", value=text.encode(), headers=[])


def test_a_kafka_that_stood_still_gets_every_line_afterwards(
    own_kafka: KafkaNode, topic_prefix: str
) -> None:
    prefix = parts.create(own_kafka.bootstrap, topic_prefix)
    ledger = KafkaOutboxSender(own_kafka.bootstrap, prefix, patience_ms=2000)

    def delivered(text: str) -> bool:
        with suppress(KafkaError):
            ledger.send([line(text)])
            return True
        return False

    assert delivered("before")
    own_kafka.freeze()
    assert not delivered("meanwhile")
    own_kafka.thaw()

    until(lambda: delivered("afterwards"), "the ledger delivers again", 30)
    ledger.close()
    told = [one.value for one in parts.read_all(own_kafka.bootstrap, prefix + LEDGER)]
    assert told[0] == b"before"
    assert told[-1] == b"afterwards"
