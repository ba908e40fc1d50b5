"""The names of panes, and what lies in them."""

from enum import IntEnum
from typing import NamedTuple

from services.matcher.domain.windows.state import Hit, WindowState


class Content(IntEnum):
    """What a pane holds: some of the hits, of the retractions, or of `dropped_live`.

    Or the second evaluation without its hits, or some of these.
    """

    HITS = 0
    RETRACTIONS = 1
    DROPPED_LIVE = 2
    SUSPICION = 3
    SUSPECTED = 4

    @property
    def is_of_hits(self) -> bool:
        """Whether such panes hold hits."""
        return self in (Content.HITS, Content.SUSPECTED)


class Pane(NamedTuple):
    """The name of a pane: of hits its `number`, of others the `number`-th interval of 2^`bits`.

    The interval is of microseconds, or of hashes where all of its items have the time `at`. Of a
    second evaluation the number is the offset of the last message applied to it, so that what is
    stored under it is never written over before the head names another one.
    """

    content: Content
    bits: int = 0
    number: int = 0
    at: int | None = None


class DatedEvent(NamedTuple):
    """The identity of an event and its time."""

    at: int
    identity: str


Item = Hit | DatedEvent | WindowState
Items = tuple[Item, ...]
Panes = dict[Pane, Items]
