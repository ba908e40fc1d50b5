"""Handles a claimed job until it is finished or deferred, and every failure on the way."""

from dataclasses import dataclass
from datetime import timedelta

from schemas.ledger import Act, Entry
from services.notifier.adapters.delivery import DecideAgain, Delivery, describe
from services.notifier.adapters.metrics import NOTIFICATIONS
from services.notifier.domain.codec import LoggedAct, encode_failure
from services.notifier.domain.entry import give_up
from services.notifier.domain.errors import PermanentRefusal, RetryableError, UnknownOutcome
from services.notifier.domain.ports import Claim, Delay
from services.notifier.domain.retry import compute_retry_time, is_past_deadline, is_worth_a_line
from services.telemetry import logger

log = logger(__name__)

MOST_STEPS = 6
Failure = RetryableError | UnknownOutcome | PermanentRefusal


@dataclass(frozen=True, slots=True)
class JobHandler:
    """One receiver's jobs, one at a time."""

    delivery: Delivery

    def handle(self, claim: Claim) -> timedelta | None:
        """Finish or defer the job; returns how long the receiver asks for no requests.

        Raises LeaseLost and the log's own errors; the job is due again when its lease has ended.
        """
        entry = claim.entry
        for _ in range(MOST_STEPS):
            try:
                result = self.delivery.step(claim, entry)
            except (RetryableError, UnknownOutcome, PermanentRefusal) as failure:
                return self._handle_failure(claim, entry, failure)
            if not isinstance(result, DecideAgain):
                return None
            entry = result.entry
        return None

    def _handle_failure(self, claim: Claim, entry: Entry, failure: Failure) -> timedelta | None:
        match failure:
            case RetryableError(retry_after=asked):
                # nothing was sent: the write-ahead entry of this send is undone
                self._retry(claim, entry, LoggedAct(Act.RETRYING, str(failure), entry), asked)
                return asked
            case UnknownOutcome(settled=settled):
                hold = timedelta() if settled else self.delivery.hold
                in_doubt = self.delivery.mark_in_doubt(claim, entry, hold)
                self._retry(claim, entry, LoggedAct(Act.IN_DOUBT, str(failure), in_doubt), None)
            case PermanentRefusal():
                self._give_up(claim, entry, str(failure))
        return None

    def _retry(
        self, claim: Claim, before: Entry, logged: LoggedAct, asked: timedelta | None
    ) -> None:
        now, attempts = self.delivery.clock(), claim.attempts + 1
        if is_past_deadline(claim.since, now):
            reason = f"gave up after {attempts} attempts: {logged.reason}"
            self._give_up(claim, logged.entry or before, reason)
            return
        until = compute_retry_time(now, attempts, self.delivery.jitter(), asked)
        is_logged = _begins_doubt(logged, before) or is_worth_a_line(attempts)
        lines = [self.delivery.line(claim, logged)] if is_logged else []
        self.delivery.notifications.defer(claim, Delay(logged.entry, until, attempts), lines)
        NOTIFICATIONS.labels(claim.receiver, "retried").inc()
        log.warning("retried later", error=logged.reason, until=f"{until}", **describe(claim))

    def _give_up(self, claim: Claim, entry: Entry, reason: str) -> None:
        now, after = self.delivery.clock(), give_up(entry, claim.alert)
        records = encode_failure(claim, LoggedAct(Act.FAILED, reason, after), now)
        self.delivery.notifications.finish(claim, after, now, records)
        NOTIFICATIONS.labels(claim.receiver, "refused").inc()
        log.error("refused", reason=reason, **describe(claim))


def _begins_doubt(logged: LoggedAct, before: Entry) -> bool:
    # without this line a lost log could not be rebuilt
    return logged.act is Act.IN_DOUBT and before.sending is None
