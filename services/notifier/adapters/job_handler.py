"""Handles a claimed job until it is finished or deferred, and every failure on the way."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas.ledger import Act, Entry
from services.metrics import DEAD_LETTERS, REFUSED
from services.notifier.adapters.delivery import Delivery
from services.notifier.adapters.group_delivery import GroupDelivery
from services.notifier.adapters.job_step import DecideAgain, describe
from services.notifier.adapters.metrics import NOTIFICATIONS
from services.notifier.domain.codec import LoggedAct, encode_failure
from services.notifier.domain.entry import give_up
from services.notifier.domain.errors import PermanentRefusal, RetryableError, UnknownOutcome
from services.notifier.domain.ports import Claim, Delay
from services.notifier.domain.retry import compute_retry_time, is_worth_a_line
from services.notifier.domain.urgency import judge_urgency
from services.telemetry import logger
from services.tracing import carry_trace

log = logger(__name__)

MOST_STEPS = 6
Failure = RetryableError | UnknownOutcome | PermanentRefusal


@dataclass(frozen=True, slots=True)
class JobHandler:
    """One receiver's jobs, one at a time."""

    delivery: Delivery

    @property
    def groups(self) -> GroupDelivery:
        """The steps of groups."""
        return GroupDelivery(self.delivery)

    def handle(self, claim: Claim) -> None:
        """Finish or defer the job.

        Raises LeaseLost and the log's own errors; the job is due again when its lease has ended.
        """
        with carry_trace(claim.job.trace, alert=claim.alert.id, receiver=claim.receiver):
            self._take_steps(claim)

    def _take_steps(self, claim: Claim) -> None:
        entry = claim.entry
        step = self.delivery.step if claim.group is None else self.groups.step
        for _ in range(MOST_STEPS):
            try:
                result = step(claim, entry)
            except (RetryableError, UnknownOutcome, PermanentRefusal) as failure:
                self._handle_failure(claim, entry, failure)
                return
            if not isinstance(result, DecideAgain):
                return
            entry = result.entry

    def _handle_failure(self, claim: Claim, entry: Entry, failure: Failure) -> None:
        match failure:
            case RetryableError():
                # nothing was sent: the write-ahead entry of this send is undone
                logged = LoggedAct(Act.RETRYING, str(failure), entry)
                self._retry(claim, entry, logged, self._find_reopening(claim, entry))
            case UnknownOutcome(settled=settled):
                hold = timedelta() if settled else self.delivery.hold
                in_doubt = self.delivery.mark_in_doubt(claim, entry, hold)
                self._retry(claim, entry, LoggedAct(Act.IN_DOUBT, str(failure), in_doubt), None)
            case PermanentRefusal():
                self._give_up(claim, entry, str(failure))

    def _find_reopening(self, claim: Claim, entry: Entry) -> datetime | None:
        """When the lane of the job's next request reopens; None if it is open."""
        now, lane = self.delivery.clock(), judge_urgency(entry, claim.alert).lane
        reopened = self.delivery.receiver.state.reopens_at(lane, now)
        return reopened if reopened > now else None

    def _retry(
        self, claim: Claim, before: Entry, logged: LoggedAct, reopened: datetime | None
    ) -> None:
        """Defer the job until its lane reopens, so that it keeps its place there."""
        now, attempts = self.delivery.clock(), claim.attempts + 1
        until = reopened or compute_retry_time(now, attempts, self.delivery.jitter())
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
        DEAD_LETTERS.labels(f"notifier:{claim.receiver}", REFUSED).inc()
        log.error("refused", reason=reason, **describe(claim))


def _begins_doubt(logged: LoggedAct, before: Entry) -> bool:
    # without this line a lost log could not be rebuilt
    return logged.act is Act.IN_DOUBT and before.sending is None
