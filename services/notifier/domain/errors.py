"""What can go wrong at a receiver, typed by what to do about it."""

from datetime import timedelta


class RetryableError(Exception):
    """Nothing was sent: send again, no earlier than `retry_after` from now."""

    def __init__(self, message: str, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class UnknownOutcome(Exception):
    """It may have been sent or not: look before sending again.

    `settled` says that the receiver has finished with the request (it answered), so what cannot
    be seen now will not appear later either.
    """

    def __init__(self, message: str, *, settled: bool = False) -> None:
        super().__init__(message)
        self.settled = settled


class PermanentRefusal(Exception):
    """It was not sent and never will be: ledger and dead letters."""


class HandleLost(PermanentRefusal):
    """The message to edit is gone or closed to edits; a new one may still be sent."""


class UnreadableHistory(Exception):
    """The receiver does not let us see what it holds, now or later."""


class LogLost(Exception):
    """The notification log is not complete: nothing may be sent or queued before it is."""


class LeaseLost(Exception):
    """Another notifier holds the alert by now: drop it here, that one goes on."""
