"""Takes a claimed job as far as it can be taken now, and deals with every setback."""

from dataclasses import dataclass
from datetime import timedelta

from services.notifier.adapters.delivery import Delivery, about
from services.notifier.adapters.metrics import NOTIFICATIONS
from services.notifier.domain import entry as log_entry
from services.notifier.domain.entry import Entry
from services.notifier.domain.errors import PermanentRefusal, RetryableError, UnknownOutcome
from services.notifier.domain.letters import refusal_letters
from services.notifier.domain.ports import Claim
from services.notifier.domain.retry import is_past_deadline, retry_at
from services.telemetry import logger

log = logger(__name__)

MOST_STEPS = 6
Setback = RetryableError | UnknownOutcome | PermanentRefusal


@dataclass(frozen=True, slots=True)
class Attendant:
    """One receiver's jobs, one at a time."""

    delivery: Delivery

    def attend(self, claim: Claim) -> timedelta | None:
        """Deal with the job and give its lease back; how long the receiver asks to be left alone.

        Raises LeaseLost and the log's own errors; the job is then taken up again when its lease
        has ended.
        """
        entry = claim.entry
        for _ in range(MOST_STEPS):
            try:
                after = self.delivery.step(claim, entry)
            except (RetryableError, UnknownOutcome, PermanentRefusal) as setback:
                return self._set_back(claim, entry, setback)
            if after is None:
                return None
            entry = after
        return None

    def _set_back(self, claim: Claim, entry: Entry, setback: Setback) -> timedelta | None:
        match setback:
            case RetryableError(retry_after=asked):
                # nothing was sent: what was in doubt before still is, and nothing else
                self._try_again(claim, entry, setback, asked)
                return asked
            case UnknownOutcome(settled=settled):
                doubt = self._settled(claim, entry) if settled else None
                self._try_again(claim, doubt, setback, None)
            case PermanentRefusal():
                self._refused(claim, entry, str(setback))
        return None

    def _settled(self, claim: Claim, entry: Entry) -> Entry:
        now = self.delivery.clock()
        return log_entry.announced(entry, claim.alert.revision, now, timedelta())

    def _try_again(
        self, claim: Claim, entry: Entry | None, error: Exception, asked: timedelta | None
    ) -> None:
        now, attempts = self.delivery.clock(), claim.attempts + 1
        if is_past_deadline(claim.since, now):
            reason = f"gave up after {attempts} attempts: {error}"
            self._refused(claim, entry or claim.entry, reason)
            return
        until = retry_at(now, attempts, self.delivery.jitter(), asked)
        self.delivery.notifications.later(claim, entry, until, attempts)
        NOTIFICATIONS.labels(claim.receiver, "retried").inc()
        log.warning("to be tried again", error=str(error), until=f"{until}", **about(claim))

    def _refused(self, claim: Claim, entry: Entry, reason: str) -> None:
        now, notifications = self.delivery.clock(), self.delivery.notifications
        notifications.write(claim, log_entry.unsent(entry), now, ())
        notifications.done(claim, now, refusal_letters(claim, reason, now))
        NOTIFICATIONS.labels(claim.receiver, "refused").inc()
        log.error("refused", reason=reason, **about(claim))
