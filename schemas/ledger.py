"""Ledger: one line per decision and act on an alert, enough to rebuild the notification log."""

from enum import StrEnum

from schemas.alert import Level, Status
from schemas.model import Instant, Model


class Act(StrEnum):
    """What was decided or done about a revision."""

    NOTIFIED = "notified"  # people have a message that they did not have
    EDITED = "edited"  # the message that stood there shows this revision now
    RESOLVED = "resolved"  # people were told that it is over
    HELD_BACK = "held back"  # rightly not sent
    DEFERRED = "deferred"  # to be decided again later
    DROPPED = "dropped"  # already dealt with
    SUPERSEDES = "supersedes"  # takes the place of an earlier revision, not sent yet
    RETRYING = "retrying"  # not sent, and to be tried again
    IN_DOUBT = "in doubt"  # sent or not: to be looked for
    LOST = "lost"  # the message is gone from the receiver
    FAILED = "failed"  # given up, and a dead letter
    ACKNOWLEDGED = "acknowledged"
    SILENCED = "silenced"


SHOWN = frozenset({Act.NOTIFIED, Act.EDITED, Act.RESOLVED})
"""The acts that put a revision before people."""


class Sending(Model):
    """A send whose outcome is unknown, written before the request.

    `revision` was or is being sent since `since`. Before `settles_at` the receiver may still
    process it, so a failed lookup proves nothing. `ended`: the request closes the alert.
    `assumed`: the log was lost, and no ledger line says that a send began.
    """

    revision: int
    since: Instant
    settles_at: Instant
    ended: bool = False
    assumed: bool = False


class Entry(Model):
    """The notification log about one alert at one receiver.

    `revision`: the highest one dealt with, sent or not to be sent. `status`: as last sent; None:
    nothing is known to have been sent. `notified_content`: of what was last sent, None when
    unknown. `unanswered`: an earlier request that may still take effect. `given_up`: the highest
    revision that became a dead letter. `serial` counts changes: the highest is the newest entry.
    """

    revision: int = 0
    status: Status | None = None
    notified_content: str | None = None
    handle: str | None = None
    sent_at: Instant | None = None
    possible_repeat: bool = False
    sending: Sending | None = None
    unanswered: Sending | None = None
    given_up: int = 0
    serial: int = 0


class LedgerLine(Model):
    """One decision or act on one revision of one alert, and why.

    `entry` is what the log holds since, absent where the act left it as it was.
    """

    at: Instant
    act: Act
    fingerprint: str
    alert: str
    revision: int
    receiver: str | None = None
    reason: str
    status: Status | None = None
    level: Level | None = None
    entry: Entry | None = None
