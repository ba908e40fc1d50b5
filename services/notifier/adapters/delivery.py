"""One claimed job through its steps: decide, act, write down, decide again."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from schemas.alert import Alert, Status
from schemas.ledger import Act, Entry, Sending
from services.notifier.adapters.metrics import NOTIFICATIONS, POSSIBLE_REPEATS, observe_first
from services.notifier.domain import entry as log_entry
from services.notifier.domain.decide import (
    Adopt,
    Decision,
    Defer,
    Edit,
    LookUp,
    PassOver,
    Reason,
    ReceiverTraits,
    SendFirst,
    Skip,
    decide,
    decide_after_lookup,
    decide_after_loss,
    decide_without_lookup,
)
from services.notifier.domain.entry import has_ended, is_assumed
from services.notifier.domain.errors import HandleLost, RetryableError, UnreadableHistory
from services.notifier.domain.letters import LoggedAct, act_of, ledger_record
from services.notifier.domain.ports import (
    Claim,
    Delay,
    Notice,
    NotificationLog,
    OutboxRecord,
    Receiver,
)
from services.notifier.domain.retry import is_worth_a_line, is_worth_looking, retry_at
from services.telemetry import logger

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Delivery:
    """The steps of one receiver's jobs.

    `hold` is how long an outcome stays in doubt: past it the receiver has given up too.
    """

    receiver: Receiver
    traits: ReceiverTraits
    notifications: NotificationLog
    hold: timedelta
    clock: Callable[[], datetime]
    jitter: Callable[[], float]

    def step(self, claim: Claim, entry: Entry) -> Entry | None:
        """One decision and its act: the entry as it is then, None when the lease was given back.

        Raises what the receiver's `send` and `edit` raise, LeaseLost, and the log's own errors.
        """
        decision = decide(entry, claim.alert, self.traits, self.clock())
        if isinstance(decision, LookUp):
            decision = self._look(claim, decision)
        return self._act(claim, entry, decision)

    def _look(self, claim: Claim, look: LookUp) -> Decision:
        now = self.clock()
        try:
            found_message = self.receiver.find(claim.alert.id, look.sending)
        except UnreadableHistory as error:
            log.warning("outcome cannot be looked up", error=str(error), **about(claim))
            return decide_without_lookup()
        except RetryableError as error:
            log.warning("outcome cannot be looked up now", error=str(error), **about(claim))
            if not is_worth_looking(look.sending.settles_at, now):
                return decide_without_lookup()
            until = retry_at(now, claim.attempts + 1, self.jitter(), error.retry_after)
            return Defer(Reason.IN_DOUBT, until)
        return decide_after_lookup(found_message, look.sending, now)

    def _act(self, claim: Claim, entry: Entry, decision: Decision) -> Entry | None:
        match decision:
            case SendFirst():
                return self._send(claim, entry, decision)
            case Edit(reason):
                return self._edit(claim, entry, reason)
            case Adopt(reason, found_message):
                after = log_entry.adopt_message(entry, found_message.revision, found_message.handle)
                is_old = found_message.revision < claim.alert.revision
                act = Act.NOTIFIED if is_old else act_of(claim.alert, Act.NOTIFIED)
                return self._record(claim, after, LoggedAct(act, reason), "adopted")
            case Defer(reason, until):
                self._defer(claim, reason, until)
            case PassOver(reason):
                self._pass_over(claim, entry, reason)
            case Skip(reason):
                self._skip(claim, entry, reason)
            case LookUp():
                raise AssertionError("a look was answered with a look")
        return None

    def _send(self, claim: Claim, entry: Entry, decision: SendFirst) -> Entry:
        shown = _opening(claim.alert) if self.traits.pages else claim.alert
        repeat = decision.possible_repeat or entry.possible_repeat
        self._announce(claim, entry)
        handle = self.receiver.send(Notice(shown, repeat))
        after = log_entry.sent(entry, shown, handle, self.clock(), repeat=repeat)
        self._record(claim, after, LoggedAct(act_of(shown, Act.NOTIFIED), decision.reason), "sent")
        if decision.possible_repeat:
            POSSIBLE_REPEATS.labels(self.traits.name).inc()
        if entry.revision == 0 and not self.traits.recorded:
            observe_first(self.traits.name, claim.alert, self.clock())
        return after

    def _edit(self, claim: Claim, entry: Entry, reason: Reason) -> Entry | None:
        self._announce(claim, entry)
        notice = Notice(claim.alert, entry.possible_repeat)
        try:
            handle = self.receiver.edit(entry.handle or "", notice)
        except HandleLost:
            return self._lost(claim, entry)
        after = log_entry.sent(entry, claim.alert, handle, self.clock(), repeat=False)
        return self._record(
            claim, after, LoggedAct(act_of(claim.alert, Act.EDITED), reason), "edited"
        )

    def _lost(self, claim: Claim, entry: Entry) -> Entry | None:
        decision = decide_after_loss(entry, claim.alert)
        log.warning("the message is gone", **about(claim))
        if isinstance(decision, PassOver):
            self._pass_over(claim, entry, decision.reason)
            return None
        lost = log_entry.drop_message(entry)
        line = self.line(claim, LoggedAct(Act.LOST, decision.reason, lost))
        self.notifications.write(claim, lost, self.clock(), [line])
        return lost

    def _defer(self, claim: Claim, reason: Reason, until: datetime) -> None:
        log.debug("deferred", reason=reason, **about(claim))
        attempts = claim.attempts + (reason is Reason.IN_DOUBT)
        told = attempts == claim.attempts or is_worth_a_line(attempts)
        lines = [self.line(claim, LoggedAct(Act.DEFERRED, reason))] if told else []
        self.notifications.later(claim, Delay(None, until, attempts), lines)

    def _pass_over(self, claim: Claim, entry: Entry, reason: Reason) -> None:
        after = log_entry.pass_over(entry, claim.alert)
        line = self.line(claim, LoggedAct(Act.HELD_BACK, reason, after))
        self.notifications.write(claim, after, self.clock(), [line])
        self.notifications.done(claim, self.clock())
        self._tell_skipped(claim, reason)

    def _skip(self, claim: Claim, entry: Entry, reason: Reason) -> None:
        if entry is not claim.entry:  # what was just sent is not skipped
            self.notifications.done(claim, self.clock())
            return
        self.notifications.done(
            claim, self.clock(), [self.line(claim, LoggedAct(Act.DROPPED, reason))]
        )
        self._tell_skipped(claim, reason)

    def _tell_skipped(self, claim: Claim, reason: Reason) -> None:
        log.debug("skipped", reason=reason, **about(claim))
        NOTIFICATIONS.labels(self.traits.name, "skipped").inc()

    def in_doubt(self, claim: Claim, entry: Entry, hold: timedelta) -> Entry:
        """The entry while an answer about the claimed revision is awaited, for `hold` at most."""
        now, over = self.clock(), has_ended(claim.alert)
        assumed = self.traits.idempotent and over and is_assumed(entry)
        sending = Sending(
            revision=claim.alert.revision,
            since=now,
            settles_at=now + hold,
            ended=over and (assumed or not self.traits.pages or entry.status is not None),
            assumed=assumed,
        )
        return log_entry.begin_sending(entry, sending)

    def line(self, claim: Claim, logged: LoggedAct) -> OutboxRecord:
        """The ledger's line about what was done now."""
        return ledger_record(claim.alert, claim.receiver, logged, self.clock())

    def _announce(self, claim: Claim, entry: Entry) -> None:
        doubt = self.in_doubt(claim, entry, self.hold)
        self.notifications.write(claim, doubt, self.clock(), ())

    def _record(self, claim: Claim, after: Entry, logged: LoggedAct, result: str) -> Entry:
        line = self.line(claim, replace(logged, entry=after))
        self.notifications.write(claim, after, self.clock(), [line])
        NOTIFICATIONS.labels(self.traits.name, result).inc()
        log.info(result, reason=logged.reason, act=logged.act, **about(claim))
        return after


def _opening(alert: Alert) -> Alert:
    """The alert as it was before it ended: a pager is told of an end only after a beginning."""
    return alert.model_copy(update={"status": Status.FIRING, "resolved_at": None})


def about(claim: Claim) -> dict[str, object]:
    """What a log line says of a job."""
    alert = claim.alert
    return {"alert": alert.id, "revision": alert.revision, "receiver": claim.receiver}
