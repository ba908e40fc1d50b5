"""The crashes that records of the rules topic name, by partition."""

from dataclasses import dataclass, field

from pydantic import ValidationError

from schemas.crash import Crash, CrashRecord, crash_key
from services import telemetry
from services.matcher.adapters import metrics

log = telemetry.logger(__name__)


@dataclass(frozen=True, slots=True)
class KnownCrashes:
    """The newest record of each partition, by key; read in any thread."""

    _by_key: dict[bytes, tuple[Crash, ...]] = field(default_factory=dict)

    def note(self, key: bytes, value: bytes | None) -> None:
        """Take a record; `value` None: no crash is left."""
        if value is None:
            self._by_key.pop(key, None)
            return
        try:
            record = CrashRecord.model_validate_json(value)
        except ValidationError as error:
            log.warning("unreadable in the rules topic", key=repr(key), fault=str(error))
            return
        self._count(record)
        self._by_key[key] = record.crashes

    def of(self, topic: str, partition: int) -> tuple[Crash, ...]:
        """Those that name messages of a partition; `topic` is the full name."""
        return self._by_key.get(crash_key(topic, partition), ())

    def _count(self, record: CrashRecord) -> None:
        known = self.of(record.topic, record.partition)
        before = {(crash.offset, crash.item): crash.times for crash in known}
        for crash in record.crashes:
            new = crash.times - before.get((crash.offset, crash.item), 0)
            metrics.CRASHES_NAMED.labels(record.topic, crash.reason).inc(max(0, new))
