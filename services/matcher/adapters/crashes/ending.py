"""The end of a worker by its watchdog or memory guard: first the message in hand is named.

The event loop may be stuck, so nothing here needs it: the record is written by a client and a
thread of its own.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NoReturn

from kafka import KafkaProducer
from kafka.errors import KafkaError

from schemas.crash import Crash, CrashReason, CrashRecord
from services import telemetry
from services.kafka_address import KafkaAddress
from services.matcher.adapters.topics.codec import encode_crash_record
from services.matcher.domain.crashes.lethal import HeldMessage, name_crash

log = telemetry.logger(__name__)

FAILED = 1
NAMING_SECONDS = 10.0
CLIENT_MS = 5_000
MEMBER_SECONDS = 3.0
PARK = signal.SIGURG
"""Its default is to be ignored; Faust uses SIGUSR1 and SIGUSR2."""


@dataclass(frozen=True, slots=True)
class CrashLog:
    """Writes crash records to `topic`, the rules topic. Blocks for some seconds at most.

    `crashes` has those of a partition that are known, to which one is added.
    """

    address: KafkaAddress
    topic: str
    crashes: Callable[[str, int], Sequence[Crash]]

    def name(self, held: HeldMessage, reason: CrashReason) -> None:
        """Write that the message ended a worker; returns when Kafka has it.

        Raises:
            KafkaError: Kafka does not take it.
        """
        known = self.crashes(held.topic, held.partition)
        crashes = name_crash(known, held, reason, datetime.now(UTC))
        record = encode_crash_record(
            CrashRecord(topic=held.topic, partition=held.partition, crashes=crashes)
        )
        producer = KafkaProducer(
            **self.address.client_options(),
            bootstrap_timeout_ms=CLIENT_MS,
            request_timeout_ms=CLIENT_MS,
            delivery_timeout_ms=CLIENT_MS,
            max_block_ms=CLIENT_MS,
            acks="all",
        )
        sent = producer.send(self.topic, record.value, record.key, record.headers, partition=0)
        sent.get(timeout=CLIENT_MS / 1000)


@dataclass(frozen=True, slots=True)
class WorkerEnd:
    """Ends the process with code 1; `log` names the message in hand before.

    `is_member` says whether the worker surely owns its partitions. If it does not, Kafka has given
    them away or cannot be reached, and nothing is named.
    """

    log: CrashLog
    is_member: Callable[[], bool]
    _begun: threading.Lock = field(default_factory=threading.Lock)

    def name_and_exit(self, held: HeldMessage | None, reason: CrashReason) -> NoReturn:
        """End the process, in ten seconds at most; further calls wait for that."""
        self._begun.acquire()
        _exit_later(NAMING_SECONDS)
        _park_main_thread()
        if held is not None and self._waits_for_member():
            self._name(held, reason)
        os._exit(FAILED)

    def _waits_for_member(self) -> bool:
        """Whether it is a member, within some seconds: a busy process is late to hear of it."""
        until = time.monotonic() + MEMBER_SECONDS
        while not self.is_member():
            if time.monotonic() > until:
                return False
            time.sleep(0.1)
        return True

    def _name(self, held: HeldMessage, reason: CrashReason) -> None:
        named = {"message": str(held), "reason": reason.value}
        try:
            self.log.name(held, reason)
        except KafkaError as error:
            log.critical("a message ends the worker and is not named", fault=repr(error), **named)
        else:
            log.critical("a message ends the worker, and is named", **named)


def prepare_to_park() -> None:
    """Let the main thread be parked; to be called in it."""
    signal.signal(PARK, lambda _number, _frame: threading.Event().wait())


def _park_main_thread() -> None:
    """Have the main thread, where the message is processed, wait for ever.

    So it takes no more memory, and does not compete for the interpreter.
    """
    main = threading.main_thread().ident
    if main is not None and callable(signal.getsignal(PARK)):
        signal.pthread_kill(main, PARK)


def _exit_later(seconds: float) -> None:
    timer = threading.Timer(seconds, os._exit, [FAILED])
    timer.daemon = True
    timer.start()
