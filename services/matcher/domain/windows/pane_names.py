"""The names of panes, and what lies in them."""

from enum import IntEnum
from typing import NamedTuple

from services.matcher.domain.windows.announced_alerts import AnnouncedAlert
from services.matcher.domain.windows.state import Hit, WindowState


class Content(IntEnum):
    """What a pane holds: some of the hits, of the retractions, or of `dropped_live`.

    Or the second evaluation without its hits, or some of these. Or some of the alerts by words.
    """

    HITS = 0
    RETRACTIONS = 1
    DROPPED_LIVE = 2
    SUSPICION = 3
    SUSPECTED = 4
    ALERTS = 5

    @property
    def is_of_hits(self) -> bool:
        """Whether such panes hold hits."""
        return self in (Content.HITS, Content.SUSPECTED)


class Pane(NamedTuple):
    """The name of a pane: of hits and alerts its `number`, of others an interval.

    That is the `number`-th of 2^`bits` microseconds, or hashes where all of its items have the time
    `at`. Of a second evaluation the number is the offset of the last message applied to it, so that
    what is stored under it is never written over before the head names another one.
    """

    content: Content
    bits: int = 0
    number: int = 0
    at: int | None = None


class DatedEvent(NamedTuple):
    """The identity of an event and its time."""

    at: int
    identity: str


Item = Hit | DatedEvent | WindowState | AnnouncedAlert
Items = tuple[Item, ...]
Panes = dict[Pane, Items]
