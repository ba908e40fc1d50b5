"""Everything on Redis that people see and change, in one place."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from redis import Redis, RedisError

from schemas.acknowledgement import Acknowledgement
from schemas.ledger import LedgerLine
from schemas.recorded_verdict import Opinion, RecordedVerdict
from schemas.silence import Silence
from services.notifier.adapters.keys import Keys
from services.notifier.adapters.metrics import ACKNOWLEDGE_SECONDS, RULE_ALERTS, VERDICTS
from services.notifier.adapters.watch.acts_reader import RedisActsReader
from services.notifier.adapters.watch.archive import RedisArchive
from services.notifier.adapters.watch.history import RedisHistory
from services.notifier.adapters.watch.log_reader import RedisLogReader
from services.notifier.adapters.watch.records import RecordKind, RedisRecords
from services.notifier.adapters.watch.seen_presses import RedisPresses
from services.notifier.adapters.watch.touch import JobToucher
from services.notifier.adapters.watch.watch_keys import WatchKeys
from services.notifier.domain.ports import Job
from services.notifier.domain.watch.act_lines import read_acts
from services.notifier.domain.watch.alert_board import AlertBoard
from services.notifier.domain.watch.floor import WatchFloor


@dataclass(frozen=True, slots=True)
class WatchStores:
    """The stores of alerts, of what people do with them, and of the history of both."""

    archive: RedisArchive
    silences: RedisRecords[Silence]
    acknowledgements: RedisRecords[Acknowledgement]
    verdicts: RedisRecords[RecordedVerdict]
    history: RedisHistory
    log: RedisLogReader
    presses: RedisPresses
    clock: Callable[[], datetime]

    def store_alerts(self, jobs: Sequence[Job]) -> None:
        """Keep the alerts, and count the new ones by rule."""
        for alert in self.archive.store(jobs, self.clock()):
            RULE_ALERTS.labels(alert.pack, alert.rule.name).inc()
            for opinion in Opinion:
                VERDICTS.labels(alert.pack, alert.rule.name, opinion)

    def restore_lines(self, lines: Sequence[LedgerLine]) -> None:
        """What people did, and the history, from ledger lines; may be repeated."""
        acts = read_acts(lines)
        self.silences.restore(acts.silences.values())
        self.acknowledgements.restore(acts.acknowledgements.values())
        self.verdicts.restore(acts.verdicts.values())
        self.history.append(lines)

    def make_board(self) -> AlertBoard:
        """What people see."""
        return AlertBoard(
            self.archive,
            self.silences,
            self.acknowledgements,
            self.verdicts,
            self.log,
            self.history,
            self.clock,
        )

    def make_floor(self, make_id: Callable[[], str]) -> WatchFloor:
        """What people do."""
        return WatchFloor(
            self.archive,
            self.silences,
            self.acknowledgements,
            self.verdicts,
            self.clock,
            make_id,
        )


def connect_watch(
    redis: Redis, log_keys: Keys, receivers: Sequence[str], clock: Callable[[], datetime]
) -> WatchStores:
    """The stores beside the notification log, for these receivers."""
    keys = WatchKeys(log_keys)
    archive = RedisArchive(redis, keys)
    toucher = JobToucher(redis, keys, receivers, clock)
    silence = RecordKind(
        "silence",
        Silence.model_dump_json,
        Silence.model_validate_json,
        toucher.touch_waiting,
    )
    acknowledgement = RecordKind(
        "acknowledgement",
        Acknowledgement.model_dump_json,
        Acknowledgement.model_validate_json,
        toucher.touch_alert,
        on_put=partial(_measure_acknowledgement, archive),
    )
    return WatchStores(
        archive,
        RedisRecords(redis, keys, silence, clock),
        RedisRecords(redis, keys, acknowledgement, clock),
        RedisRecords(redis, keys, _VERDICT, clock),
        RedisHistory(redis, keys),
        RedisLogReader(redis, log_keys, receivers),
        RedisPresses(redis, keys),
        clock,
    )


def make_acts_reader(redis: Redis, log_keys: Keys, watch: WatchStores) -> RedisActsReader:
    """What reads the acts of people for decisions."""
    return RedisActsReader(redis, WatchKeys(log_keys), watch.silences)


def _measure_acknowledgement(archive: RedisArchive, given: Acknowledgement) -> None:
    """How long an alert was in nobody's hands; later acknowledgements of it say nothing."""
    with suppress(RedisError):
        known = archive.find(given.alert) if given.serial == 1 else None
        if known is not None:
            waited = given.at - known.summary.seen_at
            ACKNOWLEDGE_SECONDS.labels(given.level).observe(waited.total_seconds())


def _count_verdict(verdict: RecordedVerdict) -> None:
    VERDICTS.labels(verdict.pack, verdict.rule, str(verdict.opinion)).inc()


_VERDICT = RecordKind(
    "verdict",
    RecordedVerdict.model_dump_json,
    RecordedVerdict.model_validate_json,
    on_put=_count_verdict,
)
