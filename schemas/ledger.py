"""Ledger: one line per decision and act on an alert, enough to rebuild the notification log."""

from enum import StrEnum

from schemas.acknowledgement import Acknowledgement
from schemas.alert import Level, Status
from schemas.model import Count, Instant, Model
from schemas.recorded_verdict import RecordedVerdict
from schemas.silence import Silence


class Act(StrEnum):
    """A decision or act on a revision."""

    NOTIFIED = "notified"  # a new message was sent
    EDITED = "edited"  # the existing message was updated
    RESOLVED = "resolved"  # the end was sent
    HELD_BACK = "held back"  # this receiver does not get it
    DEFERRED = "deferred"  # decided again later
    DROPPED = "dropped"  # already dealt with
    SUPERSEDES = "supersedes"  # replaces an earlier revision that was still queued
    RETRYING = "retrying"  # not sent, retried later
    IN_DOUBT = "in doubt"  # possibly sent, looked up later
    LOST = "lost"  # the receiver deleted the message
    FAILED = "failed"  # given up, written to the dead letters
    ACKNOWLEDGED = "acknowledged"  # by a person, or taken back
    SILENCED = "silenced"  # a silence was made, changed, approved or ended
    JUDGED = "judged"  # a person gave a verdict


SILENCE_KEY = "silence/"
"""Before the id of a silence: what stands for fingerprint and alert in the lines about it."""

SHOWN = frozenset({Act.NOTIFIED, Act.EDITED, Act.RESOLVED})
"""The acts after which people see the revision."""


class Sending(Model):
    """A send whose outcome is unknown, written before the request.

    `revision` was or is being sent since `since`. Before `settles_at` the receiver may still
    process it, so a failed lookup proves nothing. `ended`: the request closes the alert.
    `assumed`: the log was lost, and no ledger line says that a send began.
    """

    revision: Count
    since: Instant
    settles_at: Instant
    ended: bool = False
    assumed: bool = False


class Entry(Model):
    """The notification log about one alert at one receiver.

    `revision`: the highest one dealt with, sent or not to be sent. `status`: as last sent; None:
    nothing is known to have been sent. `notified_content`: of what was last sent, None when
    unknown. `unanswered`: an earlier request that may still take effect. `given_up`: the highest
    revision that became a dead letter. `opened_at`: when it was first sent, from which group
    intervals are counted. `in_hand`: who has the alert in hand, as last shown. `group`: whose
    message shows it. `held_for`: why it is not notified at present. `serial` counts changes: the
    highest is the newest entry.
    """

    revision: Count = 0
    status: Status | None = None
    notified_content: str | None = None
    handle: str | None = None
    sent_at: Instant | None = None
    possible_repeat: bool = False
    sending: Sending | None = None
    unanswered: Sending | None = None
    given_up: Count = 0
    opened_at: Instant | None = None
    in_hand: str | None = None
    group: str | None = None
    held_for: str | None = None
    serial: Count = 0


class LedgerLine(Model):
    """One decision or act on one revision of one alert, with its reason.

    `entry`: the log entry after the act, absent where it did not change. Acts of people have what
    they made or changed: `silence`, `acknowledgement` or `verdict`.
    """

    at: Instant
    act: Act
    fingerprint: str
    alert: str
    revision: Count
    receiver: str | None = None
    reason: str
    status: Status | None = None
    level: Level | None = None
    entry: Entry | None = None
    silence: Silence | None = None
    acknowledgement: Acknowledgement | None = None
    verdict: RecordedVerdict | None = None
