"""One claimed job, step by step: decide, act, log."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from schemas.alert import Alert, Status
from schemas.ledger import Act, Entry, Sending
from services.notifier.adapters.job_step import (
    DecideAgain,
    Deferred,
    Finished,
    JobStep,
    describe,
)
from services.notifier.adapters.metrics import NOTIFICATIONS, POSSIBLE_REPEATS, observe_first
from services.notifier.adapters.monitored_receiver import MonitoredReceiver
from services.notifier.adapters.showing import reply_once, show_notice
from services.notifier.domain import entry as log_entry
from services.notifier.domain.codec import LoggedAct, encode_ledger_line
from services.notifier.domain.decide import (
    decide,
    decide_after_lookup,
    decide_after_loss,
    decide_without_lookup,
)
from services.notifier.domain.decisions import (
    Adopt,
    Decision,
    Defer,
    Edit,
    LookUp,
    PassOver,
    Reason,
    SendFirst,
    Skip,
)
from services.notifier.domain.entry import is_dealt_with
from services.notifier.domain.errors import (
    HandleLost,
    RetryableError,
    UnreadableHistory,
)
from services.notifier.domain.news import is_moved, is_raised
from services.notifier.domain.ports import (
    Claim,
    Delay,
    FiringAlerts,
    Notice,
    NotificationLog,
    OutboxRecord,
)
from services.notifier.domain.receiver_state import LONGEST_LIMIT
from services.notifier.domain.retry import compute_retry_time, is_lookup_worthwhile, is_worth_a_line
from services.notifier.domain.route import admit
from services.notifier.domain.routing.inhibition import FiringAlert
from services.notifier.domain.routing.labels import label_alert
from services.notifier.domain.routing.tree import Routing
from services.notifier.domain.stages import DecisionContext
from services.notifier.domain.traits import ReceiverTraits
from services.notifier.domain.watch.acts import PeopleActs, ReadActs
from services.telemetry import logger

log = logger(__name__)

REPEATED = frozenset({Reason.IN_DOUBT, Reason.MUTED, Reason.INHIBITED, Reason.SILENCED})
"""Deferred again and again: the ledger gets fewer and fewer lines about these."""
IN_DOUBT = frozenset({Reason.IN_DOUBT, Reason.MAY_STILL_LAND})
IDLE = frozenset({Reason.NOT_REPEATED, Reason.NOT_REPEATED_IN_HAND})
"""Waits to be repeated: the ledger gets no line about these."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """The steps of one receiver's jobs.

    `hold`: how long an outcome may stay unknown; after it the receiver has given up too.
    """

    receiver: MonitoredReceiver
    traits: ReceiverTraits
    notifications: NotificationLog
    hold: timedelta
    clock: Callable[[], datetime]
    jitter: Callable[[], float]
    routing: Callable[[], Routing]
    firing: FiringAlerts
    read_acts: ReadActs

    def step(self, claim: Claim, entry: Entry) -> JobStep:
        """Make one decision and carry it out; blocks while the receiver answers.

        Raises what the receiver's `send` and `edit` raise, LeaseLost, and the log's own errors.
        """
        context = self.build_context(claim.alert, entry, claim.since)
        decision = decide(context)
        if isinstance(decision, LookUp):
            decision = self.look_up(claim, decision)
        if isinstance(decision, SendFirst | Edit):
            entry = log_entry.show_in_hand(entry, context.acts.in_hand)
        return self._act(claim, entry, decision)

    def build_context(
        self, alert: Alert, entry: Entry, queued_at: datetime, acts: PeopleActs | None = None
    ) -> DecisionContext:
        """All that a decision about the alert depends on; what people did is read if not given."""
        now, routing = self.clock(), self.routing()
        # to a replay, ages and hours of the wall's clock mean nothing
        asked = None if self.traits.recorded else now
        admission = admit(routing, alert, self.traits.name, asked)
        if acts is None:
            [acts] = self.read_acts([(alert, queued_at)], now)
        context = DecisionContext(entry, alert, self.traits, now, admission, queued_at, acts=acts)
        if self.traits.recorded or not routing.inhibit_rules:
            return context
        judged = FiringAlert(alert.id, label_alert(alert))
        by = self.firing.find(routing.inhibit_rules, judged)
        return replace(context, inhibited_by=by)

    def look_up(self, claim: Claim, lookup: LookUp) -> Decision:
        """Search the receiver for the message; the decision that follows from it."""
        now = self.clock()
        try:
            message = self.receiver.find(claim.alert.id, lookup.sending)
        except UnreadableHistory as error:
            log.warning("outcome cannot be looked up", error=str(error), **describe(claim))
            return decide_without_lookup()
        except RetryableError as error:
            log.warning("outcome cannot be looked up now", error=str(error), **describe(claim))
            if not is_lookup_worthwhile(lookup.sending.settles_at, now):
                return decide_without_lookup()
            until = compute_retry_time(now, claim.attempts + 1, self.jitter())
            asked = now + min(error.retry_after or timedelta(), LONGEST_LIMIT)
            return Defer(Reason.IN_DOUBT, max(until, asked))
        return decide_after_lookup(message, lookup.sending, now)

    def _act(self, claim: Claim, entry: Entry, decision: Decision) -> JobStep:
        match decision:
            case SendFirst():
                return self._send(claim, entry, decision)
            case Edit(reason):
                return self._edit(claim, entry, reason)
            case Adopt():
                return self._adopt(claim, entry, decision)
            case Defer():
                return self._defer(claim, decision)
            case PassOver(reason):
                return self._pass_over(claim, entry, reason)
            case Skip(reason):
                return self._suppress(claim, LoggedAct(Act.DROPPED, reason))
            case LookUp():
                raise AssertionError("a lookup was answered with a lookup")

    def _send(self, claim: Claim, entry: Entry, decision: SendFirst) -> JobStep:
        shown = _open_again(claim.alert) if self.traits.pages else claim.alert
        repeat = decision.possible_repeat or entry.possible_repeat
        self.write_ahead(claim, entry)
        handle = show_notice(
            self.receiver.send, Notice(shown, repeat, before=entry, in_hand=entry.in_hand)
        )
        after = log_entry.record_sent(entry, shown, handle, self.clock(), repeat=repeat)
        logged = LoggedAct(_choose_act(shown, Act.NOTIFIED), decision.reason, after)
        result = self._record(claim, after, logged, "sent")
        if decision.possible_repeat:
            POSSIBLE_REPEATS.labels(self.traits.name).inc()
        if entry.revision == 0 and not (self.traits.recorded or claim.is_held):
            observe_first(self.traits.name, claim.alert, self.clock())
        return result

    def _edit(self, claim: Claim, entry: Entry, reason: Reason) -> JobStep:
        self.write_ahead(claim, entry)
        notice = Notice(
            claim.alert,
            entry.possible_repeat,
            before=entry,
            in_hand=entry.in_hand,
            reopens=self._wakes_again(claim.alert, entry, reason),
        )
        try:
            handle = show_notice(partial(self.receiver.edit, entry.handle or ""), notice)
            if is_moved(entry, claim.alert):
                reply_once(self.receiver, entry, handle, notice)
        except HandleLost:
            return self._replace_message(claim, entry)
        after = log_entry.record_sent(entry, claim.alert, handle, self.clock())
        logged = LoggedAct(_choose_act(claim.alert, Act.EDITED), reason, after)
        return self._record(claim, after, logged, "edited")

    def _wakes_again(self, alert: Alert, entry: Entry, reason: Reason) -> bool:
        # while it is unknown whether somebody was woken, nobody is a second time
        is_new = is_raised(entry, alert) and entry.sending is None
        return (reason is Reason.NOT_ACKNOWLEDGED or is_new) and self.traits.takes(alert.level)

    def _adopt(self, claim: Claim, entry: Entry, decision: Adopt) -> JobStep:
        message = decision.found_message
        after = log_entry.adopt_message(entry, message.revision, message.handle)
        is_older = message.revision < claim.alert.revision
        act = Act.NOTIFIED if is_older else _choose_act(claim.alert, Act.NOTIFIED)
        return self._record(claim, after, LoggedAct(act, decision.reason, after), "adopted")

    def _replace_message(self, claim: Claim, entry: Entry) -> JobStep:
        decision = decide_after_loss(entry, claim.alert)
        log.warning("the message is gone", **describe(claim))
        if isinstance(decision, PassOver):
            return self._pass_over(claim, entry, decision.reason)
        after = log_entry.drop_message(entry)
        line = self.line(claim, LoggedAct(Act.LOST, decision.reason, after))
        self.notifications.write(claim, after, self.clock(), [line])
        return DecideAgain(after)

    def _defer(self, claim: Claim, decision: Defer) -> JobStep:
        log.debug("deferred", reason=decision.reason, **describe(claim))
        is_idle = decision.reason in IDLE
        attempts = 0 if is_idle else claim.attempts + (decision.reason in REPEATED)
        is_logged = attempts == claim.attempts or is_worth_a_line(attempts)
        logged = LoggedAct(Act.DEFERRED, str(decision))
        lines = [self.line(claim, logged)] if is_logged and not is_idle else []
        is_held = not is_idle and decision.reason not in IN_DOUBT
        delay = Delay(None, decision.until, attempts, is_idle=is_idle, is_held=is_held)
        self.notifications.defer(claim, delay, lines)
        return Deferred()

    def _pass_over(self, claim: Claim, entry: Entry, reason: Reason) -> JobStep:
        after = log_entry.pass_over(entry, claim.alert)
        return self._suppress(claim, LoggedAct(Act.HELD_BACK, reason, after))

    def _suppress(self, claim: Claim, logged: LoggedAct) -> JobStep:
        line = self.line(claim, logged)
        self.notifications.finish(claim, logged.entry, self.clock(), [line])
        log.debug("skipped", reason=logged.reason, **describe(claim))
        NOTIFICATIONS.labels(self.traits.name, "skipped").inc()
        return Finished()

    def write_ahead(self, claim: Claim, entry: Entry) -> None:
        """Log that the claimed revision is being sent."""
        sending = self.mark_in_doubt(claim, entry, self.hold)
        self.notifications.write(claim, sending, self.clock(), ())

    def _record(self, claim: Claim, after: Entry, logged: LoggedAct, result: str) -> JobStep:
        lines, now = [self.line(claim, logged)], self.clock()
        is_finished = is_dealt_with(after, claim.alert, self.traits)
        if is_finished:
            context = self.build_context(claim.alert, after, now)
            is_finished = not (context.is_repeatable or context.is_in_hand)
        if is_finished:
            self.notifications.finish(claim, after, now, lines)
        else:
            self.notifications.write(claim, after, now, lines)
        NOTIFICATIONS.labels(self.traits.name, result).inc()
        log.info(result, reason=logged.reason, act=logged.act, **describe(claim))
        return Finished() if is_finished else DecideAgain(after)

    def mark_in_doubt(self, claim: Claim, entry: Entry, hold: timedelta) -> Entry:
        """The entry while the outcome of sending the claimed revision is unknown.

        `hold`: how long the receiver may still process the request.
        """
        now, is_over = self.clock(), log_entry.has_ended(claim.alert)
        assumed = self.traits.idempotent and is_over and log_entry.is_assumed(entry)
        sending = Sending(
            revision=claim.alert.revision,
            since=now,
            settles_at=now + hold,
            ended=is_over and (assumed or not self.traits.pages or entry.status is not None),
            assumed=assumed,
        )
        return log_entry.begin_sending(entry, sending)

    def line(self, claim: Claim, logged: LoggedAct) -> OutboxRecord:
        """The ledger line about an act done now."""
        return encode_ledger_line(claim.alert, claim.receiver, logged, self.clock())


def _choose_act(shown: Alert, otherwise: Act) -> Act:
    return Act.RESOLVED if log_entry.has_ended(shown) else otherwise


def _open_again(alert: Alert) -> Alert:
    # a pager closes only what it opened
    return alert.model_copy(update={"status": Status.FIRING, "resolved_at": None})
