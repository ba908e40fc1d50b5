"""The messages of a running stack, for the summary of a demo."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord

from schemas.alert import Alert
from schemas.duty import is_watchdog
from schemas.envelope import TICK, header
from schemas.ledger import SHOWN, LedgerLine
from schemas.tick import Tick
from schemas.topics import ALERTS, DEAD_LETTERS, LEDGER, SIGNALS, topic_name
from services.header_names import tolerate_header_names
from services.kafka_address import KafkaAddress

POLL_MS = 100
FETCH_WAIT_MS = 20
END_SECONDS = 5.0
TOPICS = (ALERTS, LEDGER, SIGNALS, DEAD_LETTERS)


@dataclass(slots=True)
class SeenMessages:
    """The messages so far: only the watch writes, from its own thread."""

    alerts: list[Alert] = field(default_factory=list)
    ledger: list[LedgerLine] = field(default_factory=list)
    dead_letters: int = 0
    last_tick: datetime | None = None

    def add(self, topic: str, record: ConsumerRecord) -> None:
        """Add a message of `topic`, a name without prefix."""
        if topic == ALERTS:
            alert = Alert.model_validate_json(record.value)
            self.alerts += [] if is_watchdog(alert) else [alert]
        elif topic == LEDGER:
            self.ledger.append(LedgerLine.model_validate_json(record.value))
        elif topic == DEAD_LETTERS:
            self.dead_letters += 1
        elif header(record.headers, "ce_type") == TICK:
            self.last_tick = Tick.model_validate_json(record.value).time

    @property
    def count(self) -> int:
        """The number of alerts and acts."""
        return len(self.alerts) + len(self.ledger)

    @property
    def last_revisions(self) -> Mapping[str, Alert]:
        """The last revision of each alert by its id, in the order of their first ones."""
        last: dict[str, Alert] = {}
        for alert in tuple(self.alerts):
            if alert.id not in last or alert.revision >= last[alert.id].revision:
                last[alert.id] = alert
        return last

    @property
    def shown_ids(self) -> frozenset[str]:
        """The ids of the alerts that were shown to people."""
        return frozenset(line.alert for line in tuple(self.ledger) if is_shown(line))

    @property
    def is_all_shown(self) -> bool:
        """Whether the last status and level of every alert were shown; evidence may come later."""
        shown = {(line.alert, line.revision) for line in tuple(self.ledger) if is_shown(line)}
        shown_states = {
            (alert.id, alert.status, alert.level)
            for alert in tuple(self.alerts)
            if (alert.id, alert.revision) in shown
        }
        return {
            (last.id, last.status, last.level) for last in self.last_revisions.values()
        } <= shown_states


def is_shown(line: LedgerLine) -> bool:
    """Whether this act showed an alert to people."""
    return line.act in SHOWN


class StackWatch:
    """Reads the topics from their beginning in its own thread, between enter and exit."""

    def __init__(self, address: KafkaAddress, prefix: str) -> None:
        self.seen = SeenMessages()
        self._names = {topic_name(prefix, topic): topic for topic in TOPICS}
        self._stopping = threading.Event()
        self._thread = threading.Thread(
            target=self._read, args=(address,), name="watch", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join(END_SECONDS)

    def _read(self, address: KafkaAddress) -> None:
        tolerate_header_names()
        consumer = KafkaConsumer(
            **address.client_options(),
            enable_auto_commit=False,
            fetch_max_wait_ms=FETCH_WAIT_MS,
        )
        try:
            consumer.assign(list(_find_partitions(consumer, self._names)))
            consumer.seek_to_beginning()
            while not self._stopping.is_set():
                for partition, records in consumer.poll(timeout_ms=POLL_MS).items():
                    for record in records:
                        self.seen.add(self._names[partition.topic], record)
        finally:
            consumer.close()


def _find_partitions(consumer: KafkaConsumer, names: Iterable[str]) -> Iterable[TopicPartition]:
    for name in names:
        for number in consumer.partitions_for_topic(name) or ():
            yield TopicPartition(name, number)
