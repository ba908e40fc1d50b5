"""A thread that sees that the notification log is lost, and rebuilds it from the ledger."""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kafka.errors import KafkaError
from redis import RedisError

from schemas.ledger import Entry
from services.notifier.adapters.metrics import LOG_COMPLETE, REBUILDS
from services.notifier.domain.decide import ReceiverTraits
from services.notifier.domain.entry import KEPT_AFTER_END
from services.notifier.domain.errors import LeaseLost
from services.notifier.domain.ports import Completion, HistoryReader, LostLog, RecordedAlert
from services.notifier.domain.rebuild import Key, LogRebuild, after_lines, from_lines, from_past
from services.notifier.domain.route import select_receivers
from services.telemetry import logger

log = logger(__name__)

LOOK = 0.5
AFTER_FAULT = 1.0
GAP = "the ledger was empty when the log was rebuilt: what was sent before may come again, marked"


class RebuildStopped(Exception):
    """The service ends before the log is complete."""


@dataclass
class Rebuilder:
    """Looks twice a second; while the log is not complete the log itself lets nobody send.

    `notes` is where /readyz finds that the ledger was lost too. `rebuilt` is told of each success.
    """

    lost: LostLog
    history: HistoryReader
    traits: Sequence[ReceiverTraits]
    hold: timedelta
    clock: Callable[[], datetime]
    notes: dict[str, str]
    rebuilt: Callable[[], None]
    is_complete: bool = False
    _stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Watch from now on, in a thread; returns at once."""
        self._thread = threading.Thread(target=self._run, name="rebuilder", daemon=True)
        self._thread.start()

    def stop(self, timeout: float) -> None:
        """End; blocks `timeout` seconds at most."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout)

    @property
    def is_alive(self) -> bool:
        """Whether its thread runs."""
        return self._thread is not None and self._thread.is_alive()

    def check(self) -> str | None:
        """None, or that the log is not complete."""
        return None if self.is_complete else "rebuilding the log from the ledger"

    def look(self) -> None:
        """Rebuild the log if it is lost and nobody else is at it.

        Raises LeaseLost, Stopped and the errors of Kafka and Redis: then all begins again.
        """
        completion = self.lost.completion()
        self.is_complete = completion is not None
        if completion is None and self.lost.lease():
            completion = self._rebuild(LogRebuild(self.clock(), self.hold))
        self._note(completion)

    def _note(self, completion: Completion | None) -> None:
        self.notes.pop("ledger", None)
        if completion is not None and completion.gap and self._is_recent(completion):
            self.notes["ledger"] = f"{GAP} (since {completion.at:%Y-%m-%d %H:%M} UTC)"

    def _is_recent(self, completion: Completion) -> bool:
        return self.clock() < completion.at + KEPT_AFTER_END

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.look()
            except RebuildStopped:
                return
            except (KafkaError, RedisError, LeaseLost) as error:
                log.warning("the log waits", error=f"{type(error).__name__}: {error}")
                self._stopping.wait(AFTER_FAULT)
            except Exception:
                # the one broad edge: nothing is sent until a look goes well
                log.exception("the log waits")
                self._stopping.wait(AFTER_FAULT)
            LOG_COMPLETE.set(self.is_complete)
            self._stopping.wait(LOOK)

    def _rebuild(self, begun: LogRebuild) -> Completion:
        log.info("the log is new or lost: rebuilding it from the ledger")
        rebuild, entries, jobs = self._from_ledger(begun), 0, 0
        taken = self.history.has_taken()
        if taken or rebuild.newest is not None:
            entries, jobs = self._from_alerts(rebuild)
        completion = Completion(self.clock(), gap=taken and rebuild.newest is None)
        self.lost.complete(completion)
        self.is_complete = True
        REBUILDS.inc()
        if completion.gap:
            log.warning(GAP)
        log.info("the log is complete", in_doubt=entries, queued=jobs)
        self.rebuilt()
        return completion

    def _from_ledger(self, rebuild: LogRebuild) -> LogRebuild:
        for lines in self.history.lines():
            self._go_on()
            self.lost.keep(from_lines(lines), rebuild.now)
            rebuild = after_lines(rebuild, lines)
        return rebuild

    def _from_alerts(self, rebuild: LogRebuild) -> tuple[int, int]:
        entries = jobs = 0
        for batch in self.history.alerts(rebuild.since):
            self._go_on()
            known = self._known(batch)
            for past in batch:
                traits = self._receivers(past)
                found = from_past(rebuild, past, _of(past, traits, known), traits)
                self.lost.keep(found.recoveries, rebuild.now)
                self.lost.queue(found.jobs, rebuild.now)
                known |= {(one.receiver, one.alert): one.entry for one in found.recoveries}
                entries, jobs = entries + len(found.recoveries), jobs + len(found.jobs)
        return entries, jobs

    def _known(self, batch: Iterable[RecordedAlert]) -> dict[Key, Entry | None]:
        keys = [(one.name, past.job.alert.id) for past in batch for one in self._receivers(past)]
        return dict(zip(keys, self.lost.entries(keys), strict=True))

    def _receivers(self, past: RecordedAlert) -> list[ReceiverTraits]:
        names = select_receivers(past.job.alert, [one.name for one in self.traits])
        return [one for one in self.traits if one.name in names]

    def _go_on(self) -> None:
        if self._stopping.is_set():
            raise RebuildStopped
        self.lost.renew()


def _of(
    past: RecordedAlert, traits: Iterable[ReceiverTraits], known: dict[Key, Entry | None]
) -> dict[str, Entry | None]:
    return {one.name: known[(one.name, past.job.alert.id)] for one in traits}
