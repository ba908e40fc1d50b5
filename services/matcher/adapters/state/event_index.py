"""The event index: which windows of a signals partition hold hits of an event."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from services.matcher.domain.windows.pane_names import Items
from services.matcher.domain.windows.state import Hit


@dataclass(slots=True)
class EventIndex:
    """The keys of windows by the identity of an event, each once for every hit of it.

    It holds what the windows hold, and after a crash what is in panes that are still to be swept.
    """

    windows: dict[str, tuple[bytes, ...]] = field(default_factory=dict)

    def find(self, identity: str) -> tuple[bytes, ...]:
        """The keys of the windows that hold a hit of the event, each once."""
        return tuple(dict.fromkeys(self.windows.get(identity, ())))

    def add(self, window: bytes, identities: Iterable[str]) -> None:
        """A window holds hits of these events, one of each that is named."""
        for identity in identities:
            self.windows[identity] = (*self.windows.get(identity, ()), window)

    def replace(self, window: bytes, before: Iterable[Items], after: Iterable[Items]) -> None:
        """A window holds the hits of `after` in place of those of `before`; panes of both."""
        gone, new = _count_events(before), _count_events(after)
        for identity, times in (new - gone).items():
            self.windows[identity] = self.windows.get(identity, ()) + (window,) * times
        for identity, times in (gone - new).items():
            self._take_out(identity, window, times)

    def _take_out(self, identity: str, window: bytes, times: int) -> None:
        left = list(self.windows.get(identity, ()))
        for _ in range(min(times, left.count(window))):
            left.remove(window)
        if left:
            self.windows[identity] = tuple(left)
        else:
            self.windows.pop(identity, None)


def _count_events(panes: Iterable[Items]) -> "Counter[str]":
    return Counter(item.identity for items in panes for item in items if isinstance(item, Hit))
