"""Failures at a receiver or of the log, typed by what to do about them."""

from datetime import timedelta

from services.notifier.domain.urgency import Lane


class RetryableError(Exception):
    """Nothing was sent, and a retry may help: no earlier than `retry_after` from now."""

    retry_after: timedelta | None = None


class RateLimited(RetryableError):
    """Too many requests: `lane`, or everything, is to be retried after `retry_after`."""

    def __init__(
        self, message: str, retry_after: timedelta | None = None, lane: Lane | None = None
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.lane = lane


class ReceiverDown(RetryableError):
    """The receiver takes nothing at present, whatever the message; everything is kept for it.

    `is_refusal`: it says so itself (a revoked token, an archived channel), so that somebody has to
    repair it; else it could not be reached.
    """

    def __init__(self, message: str, *, is_refusal: bool = True) -> None:
        super().__init__(message)
        self.is_refusal = is_refusal


class UnknownOutcome(Exception):
    """It may have been sent: look it up before sending again.

    `settled`: the receiver has finished with the request (it answered), so a message that cannot
    be found now does not appear later either.
    """

    def __init__(self, message: str, *, settled: bool = False) -> None:
        super().__init__(message)
        self.settled = settled


class PermanentRefusal(Exception):
    """This message was not sent and never will be, while others may be: shorten it, or give up."""


class HandleLost(PermanentRefusal):
    """The message to edit was deleted or refuses edits; a new one may still be sent."""


class UnreadableHistory(Exception):
    """The receiver never shows the messages that it holds."""


class LogLost(Exception):
    """The notification log is not complete: nothing is sent or queued before it is."""


class LeaseLost(Exception):
    """The lease has ended and another notifier may hold the job: drop it here."""
