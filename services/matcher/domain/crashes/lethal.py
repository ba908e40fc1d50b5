"""Which messages are lethal: what the crashes named before say of a message."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from schemas.crash import Crash, CrashReason

CRASHES_WORKER = "crashes_worker"
"""The reason of the dead letter."""
MOST_DEATHS = 2
"""Workers that a message may end before it is set aside: one death may be a coincidence."""
MOST_ITEMS = 3
"""Lethal items of one batch that are set aside singly."""
MOST_CRASHES = 100
"""Crashes that a record keeps, the newest."""
_DIGEST_LENGTH = 32


@dataclass(frozen=True, slots=True)
class HeldMessage:
    """A message that a worker processes; `item` is the index of an event within a batch."""

    topic: str
    partition: int
    offset: int
    item: int | None = None
    value: bytes | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Lethal:
    """What of a message is to be set aside: the whole, or the items of these indices."""

    is_whole: bool = False
    items: frozenset[int] = frozenset()


HARMLESS = Lethal()


def digest_value(value: bytes | None) -> str:
    """What messages of the same value have in common."""
    return hashlib.sha256(value or b"").hexdigest()[:_DIGEST_LENGTH]


def name_crash(
    crashes: Iterable[Crash], held: HeldMessage, reason: CrashReason, at: datetime
) -> tuple[Crash, ...]:
    """The crashes of a partition with one more, of the message `held`."""
    digest = digest_value(held.value)
    by_item = {(crash.digest, crash.item): crash for crash in crashes}
    before = by_item.pop((digest, held.item), None)
    crash = Crash(
        offset=held.offset,
        digest=digest,
        item=held.item,
        times=1 if before is None else before.times + 1,
        reason=reason,
        at=at,
    )
    return (*by_item.values(), crash)[-MOST_CRASHES:]


def find_lethal(crashes: Iterable[Crash], value: bytes | None) -> Lethal:
    """What is lethal of a message of this value.

    An item of a batch is, if it was named twice. The whole message is, if the crashes that no
    lethal item explains are two, or if too many items are lethal.
    """
    digest = digest_value(value)
    here = [crash for crash in crashes if crash.digest == digest]
    lethal = {crash.item for crash in here if crash.times >= MOST_DEATHS}
    unexplained = sum(crash.times for crash in here if crash.item not in lethal)
    if None in lethal or unexplained >= MOST_DEATHS or len(lethal) > MOST_ITEMS:
        return Lethal(is_whole=True)
    return Lethal(items=frozenset(item for item in lethal if item is not None))


def are_passed(crashes: Iterable[Crash], committed: int) -> bool:
    """Whether every message named is before `committed`, the next offset to be read."""
    return all(crash.offset < committed for crash in crashes)
