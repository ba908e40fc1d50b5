"""What one step of a claimed job comes to."""

from dataclasses import dataclass

from schemas.ledger import Entry
from services.notifier.domain.ports import Claim


@dataclass(frozen=True, slots=True)
class Finished:
    """The job is off the queue, or due for a newer revision."""


@dataclass(frozen=True, slots=True)
class Deferred:
    """The job is due again later."""


@dataclass(frozen=True, slots=True)
class DecideAgain:
    """The revision needs another step; the log holds `entry` now, and the lease is ours."""

    entry: Entry


JobStep = Finished | Deferred | DecideAgain


def describe(claim: Claim) -> dict[str, object]:
    """The fields that identify a job in log lines."""
    alert = claim.alert
    return {"alert": alert.id, "revision": alert.revision, "receiver": claim.receiver}
