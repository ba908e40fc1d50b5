"""A receiver whose answers are watched: its limits, and whether it is down."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from schemas.ledger import Sending
from services.notifier.adapters.metrics import ATTEMPTS, RECEIVER_SECONDS
from services.notifier.domain.decisions import FoundMessage
from services.notifier.domain.errors import (
    PermanentRefusal,
    RateLimited,
    ReceiverDown,
    RetryableError,
    UnknownOutcome,
)
from services.notifier.domain.ports import Notice, Receiver, ThreadedReceiver
from services.notifier.domain.receiver_state import (
    ReceiverState,
    record_answer,
    record_failure,
    record_limit,
)
from services.notifier.domain.traits import ReceiverTraits
from services.telemetry import logger
from services.tracing import inner_span

log = logger(__name__)


@dataclass(slots=True)
class MonitoredReceiver:
    """Implements Receiver on another one; `state` is what its answers have shown.

    Used by one thread; `state` may be read by any.
    """

    receiver: Receiver
    clock: Callable[[], datetime]
    state: ReceiverState = field(default_factory=ReceiverState)
    _unproven: str | None = "not checked yet"

    @property
    def traits(self) -> ReceiverTraits:
        """The receiver's."""
        return self.receiver.traits

    def send(self, notice: Notice) -> str:
        """As the receiver."""
        return self._observe(notice, lambda: self.receiver.send(notice))

    def edit(self, handle: str, notice: Notice) -> str:
        """As the receiver."""
        return self._observe(notice, lambda: self.receiver.edit(handle, notice))

    def find(self, alert_id: str, sending: Sending) -> FoundMessage | None:
        """As the receiver; a lookup says nothing about messages."""
        return self.receiver.find(alert_id, sending)

    def reply(self, handle: str, notice: Notice) -> None:
        """As the receiver, if its messages have threads."""
        receiver = self.receiver
        if not isinstance(receiver, ThreadedReceiver):
            return

        def reply() -> str:
            receiver.reply(handle, notice)
            return handle

        self._observe(notice, reply)

    def has_reply(self, handle: str, notice: Notice) -> bool:
        """As the receiver; none without threads."""
        receiver = self.receiver
        return isinstance(receiver, ThreadedReceiver) and receiver.has_reply(handle, notice)

    def check(self) -> None:
        """As the receiver; a check without a clear answer changes nothing."""
        try:
            self.receiver.check()
        except ReceiverDown as fault:
            self.state = record_failure(self.state, fault, self.clock())
            self._note_unproven(fault)
            raise
        except (RetryableError, UnknownOutcome) as failure:
            self._note_unproven(failure)
            raise
        self._unproven = None
        if self.state.fault is not None:
            self.state = record_answer(self.state)

    def describe_fault(self) -> str | None:
        """Why the receiver is down, or None."""
        return self.state.describe_fault(self.clock())

    def check_ready(self) -> str | None:
        """Why it is not known to take messages: it is down, or has never answered."""
        return self.describe_fault() or self._unproven

    def _note_unproven(self, failure: Exception) -> None:
        if self._unproven is not None:
            self._unproven = f"has not answered yet: {failure}"

    def _observe(self, notice: Notice, request: Callable[[], str]) -> str:
        with inner_span("send", alert=notice.alert.id, receiver=self.traits.name):
            return self._ask(request)

    def _ask(self, request: Callable[[], str]) -> str:
        outcome = "failed"
        try:
            with RECEIVER_SECONDS.labels(self.traits.name).time():
                handle = request()
            outcome = "taken"
            self._record_answer()
        except RateLimited as limit:
            outcome, self.state = "limited", record_limit(self.state, limit, self.clock())
            raise
        except (RetryableError, UnknownOutcome) as failure:
            outcome = "unknown" if isinstance(failure, UnknownOutcome) else "failed"
            self.state = record_failure(self.state, failure, self.clock())
            raise
        except PermanentRefusal:
            outcome = "refused"
            self._record_answer()
            raise
        finally:
            ATTEMPTS.labels(self.traits.name, outcome).inc()
        return handle

    def _record_answer(self) -> None:
        self.state, self._unproven = record_answer(self.state), None
