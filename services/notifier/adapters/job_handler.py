"""Takes a claimed job as far as it can be taken now, and deals with every setback."""

from dataclasses import dataclass
from datetime import timedelta

from schemas.ledger import Act, Entry
from services.notifier.adapters.delivery import Delivery, about
from services.notifier.adapters.metrics import NOTIFICATIONS
from services.notifier.domain import entry as log_entry
from services.notifier.domain.errors import PermanentRefusal, RetryableError, UnknownOutcome
from services.notifier.domain.letters import LoggedAct, failure_records
from services.notifier.domain.ports import Claim, Delay
from services.notifier.domain.retry import is_past_deadline, is_worth_a_line, retry_at
from services.telemetry import logger

log = logger(__name__)

MOST_STEPS = 6
Setback = RetryableError | UnknownOutcome | PermanentRefusal


@dataclass(frozen=True, slots=True)
class JobHandler:
    """One receiver's jobs, one at a time."""

    delivery: Delivery

    def handle(self, claim: Claim) -> timedelta | None:
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
                self._try_again(claim, entry, LoggedAct(Act.RETRYING, str(setback), entry), asked)
                return asked
            case UnknownOutcome(settled=settled):
                hold = timedelta() if settled else self.delivery.hold
                doubt = self.delivery.in_doubt(claim, entry, hold)
                self._try_again(claim, entry, LoggedAct(Act.IN_DOUBT, str(setback), doubt), None)
            case PermanentRefusal():
                self._give_up(claim, entry, str(setback))
        return None

    def _try_again(
        self, claim: Claim, entry: Entry, logged: LoggedAct, asked: timedelta | None
    ) -> None:
        now, attempts = self.delivery.clock(), claim.attempts + 1
        if is_past_deadline(claim.since, now):
            reason = f"gave up after {attempts} attempts: {logged.reason}"
            self._give_up(claim, logged.entry or entry, reason)
            return
        until = retry_at(now, attempts, self.delivery.jitter(), asked)
        lines = [self.delivery.line(claim, logged)] if _is_news(logged, entry, attempts) else []
        self.delivery.notifications.later(claim, Delay(logged.entry, until, attempts), lines)
        NOTIFICATIONS.labels(claim.receiver, "retried").inc()
        log.warning("to be tried again", error=logged.reason, until=f"{until}", **about(claim))

    def _give_up(self, claim: Claim, entry: Entry, reason: str) -> None:
        now, notifications = self.delivery.clock(), self.delivery.notifications
        after = log_entry.give_up(entry, claim.alert)
        letters = failure_records(claim, LoggedAct(Act.FAILED, reason, after), now)
        notifications.write(claim, after, now, letters)
        notifications.done(claim, now)
        NOTIFICATIONS.labels(claim.receiver, "refused").inc()
        log.error("refused", reason=reason, **about(claim))


def _is_news(logged: LoggedAct, before: Entry, attempts: int) -> bool:
    # a doubt is told when it begins: the log could not be rebuilt without
    begins = logged.act is Act.IN_DOUBT and before.sending is None
    return begins or is_worth_a_line(attempts)
