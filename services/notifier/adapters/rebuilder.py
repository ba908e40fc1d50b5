"""A thread that rebuilds the notification log from the ledger when it is lost."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kafka.errors import KafkaError
from redis import RedisError

from schemas.duty import is_watchdog
from schemas.ledger import Entry, LedgerLine
from services.notifier.adapters.metrics import LOG_COMPLETE, REBUILDS
from services.notifier.adapters.stoppable_thread import StoppableThread
from services.notifier.domain.entry import KEPT_AFTER_END
from services.notifier.domain.errors import LeaseLost
from services.notifier.domain.placement import Placer, choose_group, place_nowhere
from services.notifier.domain.ports import FiringAlerts, Job
from services.notifier.domain.rebuild import KnownGroup, LogRebuild, Recovery, read_entries
from services.notifier.domain.rebuild_ports import (
    Completion,
    HistoryReader,
    LostLog,
    RecordedAlert,
    RecoveredEntry,
)
from services.notifier.domain.route import select_receivers
from services.notifier.domain.routing.tree import Routing
from services.notifier.domain.traits import ReceiverTraits
from services.telemetry import logger

log = logger(__name__)

CHECK_INTERVAL = 0.5
AFTER_FAULT = 1.0
GAP = "the ledger was empty when the log was rebuilt: what was sent before may come again, marked"


class RebuildStopped(Exception):
    """The service stops before the log is complete."""


@dataclass
class Rebuilder(StoppableThread):
    """Checks twice a second; while the log is not complete, the log itself refuses every send.

    `restore_lines` and `store_alerts` regain what people did, and the alerts that they see; both
    may be repeated. `notes`: the notes of /readyz; one says that the ledger was lost too.
    `on_rebuilt` is called after each rebuild.
    """

    lost: LostLog
    history: HistoryReader
    traits: Sequence[ReceiverTraits]
    hold: timedelta
    clock: Callable[[], datetime]
    notes: dict[str, str]
    on_rebuilt: Callable[[], None]
    routing: Callable[[], Routing]
    firing: FiringAlerts
    restore_lines: Callable[[Sequence[LedgerLine]], None]
    store_alerts: Callable[[Sequence[Job]], None]
    place: Placer = place_nowhere
    is_complete: bool = False

    def check(self) -> str | None:
        """None, or that the log is not complete."""
        return None if self.is_complete else "rebuilding the log from the ledger"

    def ensure_complete(self) -> None:
        """Rebuild the log if it is lost and no other notifier rebuilds it.

        Raises LeaseLost, RebuildStopped and the errors of Kafka and Redis; the next call begins
        the rebuild again.
        """
        completion = self.lost.completion()
        self.is_complete = completion is not None
        if completion is None and self.lost.lease():
            completion = self._rebuild(LogRebuild(self.clock(), self.hold))
        self._note_gap(completion)

    def _note_gap(self, completion: Completion | None) -> None:
        self.notes.pop("ledger", None)
        if completion is not None and completion.gap and self._is_recent(completion):
            self.notes["ledger"] = f"{GAP} (since {completion.at:%Y-%m-%d %H:%M} UTC)"

    def _is_recent(self, completion: Completion) -> bool:
        return self.clock() < completion.at + KEPT_AFTER_END

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.ensure_complete()
            except RebuildStopped:
                return
            except (KafkaError, RedisError, LeaseLost) as error:
                log.warning("log rebuild pending", error=f"{type(error).__name__}: {error}")
                self._stopping.wait(AFTER_FAULT)
            except Exception:
                # the one broad edge: nothing is sent until the log is complete
                log.exception("log rebuild pending")
                self._stopping.wait(AFTER_FAULT)
            LOG_COMPLETE.set(self.is_complete)
            self._stopping.wait(CHECK_INTERVAL)

    def _rebuild(self, rebuild: LogRebuild) -> Completion:
        log.info("the log is new or lost: rebuilding it from the ledger")
        rebuild, entries, jobs = self._read_ledger(rebuild), 0, 0
        has_committed = self.history.has_committed()
        if has_committed or rebuild.newest is not None:
            entries, jobs = self._read_alerts(rebuild)
        completion = Completion(self.clock(), gap=has_committed and rebuild.newest is None)
        self.lost.complete(completion)
        self.is_complete = True
        REBUILDS.inc()
        if completion.gap:
            log.warning(GAP)
        log.info("the log is complete", in_doubt=entries, queued=jobs)
        self.on_rebuilt()
        return completion

    def _read_ledger(self, rebuild: LogRebuild) -> LogRebuild:
        for lines in self.history.read_lines():
            self._renew_lease()
            self.lost.keep(read_entries(lines), rebuild.now)
            self.restore_lines(lines)
            rebuild = rebuild.add_lines(lines)
        return rebuild

    def _read_alerts(self, rebuild: LogRebuild) -> tuple[int, int]:
        entries = jobs = 0
        for batch in self.history.read_alerts(rebuild.since):
            self._renew_lease()
            alerts = [recorded.job.alert for recorded in batch]
            self.firing.note(alerts, self.routing().inhibit_rules, rebuild.now)
            self.store_alerts([each.job for each in batch if not is_watchdog(each.job.alert)])
            recovered, due = self._recover_batch(rebuild, batch)
            self.lost.keep(recovered, rebuild.now)
            self.lost.queue(due, rebuild.now)
            entries, jobs = entries + len(recovered), jobs + len(due)
        return entries, jobs

    def _recover_batch(
        self, rebuild: LogRebuild, batch: Iterable[RecordedAlert]
    ) -> tuple[list[RecoveredEntry], list[tuple[str, Job]]]:
        routed = [(recorded, traits) for recorded in batch for traits in self._route(recorded)]
        keys = [(traits.name, recorded.job.alert.id) for recorded, traits in routed]
        known = dict(zip(keys, self.lost.entries(keys), strict=True))
        recovered: list[RecoveredEntry] = []
        due: list[tuple[str, Job]] = []
        for recorded, traits in routed:
            recovery = self._recover(rebuild, recorded, traits, known)
            if recovery.entry is not None:
                known[recovery.entry.receiver, recovery.entry.alert] = recovery.entry.entry
                recovered.append(recovery.entry)
            if recovery.is_due:
                due.append((traits.name, recorded.job))
        return recovered, due

    def _recover(
        self,
        rebuild: LogRebuild,
        recorded: RecordedAlert,
        traits: ReceiverTraits,
        known: dict[tuple[str, str], Entry | None],
    ) -> Recovery:
        name, alert = traits.name, recorded.job.alert
        entry = known[name, alert.id]
        group = choose_group(entry, None, lambda: self.place(alert, name, rebuild.now))
        if group is None:
            return rebuild.recover(recorded, entry, traits)
        if (name, group) not in known:
            [known[name, group]] = self.lost.entries([(name, group)])
        return rebuild.recover_member(recorded, entry, KnownGroup(name, group, known[name, group]))

    def _route(self, recorded: RecordedAlert) -> list[ReceiverTraits]:
        names = select_receivers(self.routing(), recorded.job.alert)
        return [traits for traits in self.traits if traits.name in names]

    def _renew_lease(self) -> None:
        if self._stopping.is_set():
            raise RebuildStopped
        self.lost.renew()
