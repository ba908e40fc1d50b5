"""Failures at a receiver or of the log, typed by what to do about them."""

from datetime import timedelta


class RetryableError(Exception):
    """Nothing was sent: retry, no earlier than `retry_after` from now."""

    def __init__(self, message: str, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class UnknownOutcome(Exception):
    """It may have been sent: look it up before sending again.

    `settled`: the receiver has finished with the request (it answered), so a message that cannot
    be found now does not appear later either.
    """

    def __init__(self, message: str, *, settled: bool = False) -> None:
        super().__init__(message)
        self.settled = settled


class PermanentRefusal(Exception):
    """It was not sent and never will be: write it to the dead letters."""


class HandleLost(PermanentRefusal):
    """The message to edit was deleted or refuses edits; a new one may still be sent."""


class UnreadableHistory(Exception):
    """The receiver never shows the messages that it holds."""


class LogLost(Exception):
    """The notification log is not complete: nothing is sent or queued before it is."""


class LeaseLost(Exception):
    """The lease has ended and another notifier may hold the job: drop it here."""
