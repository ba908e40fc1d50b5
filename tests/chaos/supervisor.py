"""Starts again what has ended, as Kubernetes would: soon, and later and later if it ends again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

FIRST_WAIT, LONGEST_WAIT = 1.0, 16.0
LONG_ENOUGH = 20.0


class Startable(Protocol):
    """What the supervisor needs of a process."""

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        ...

    def wait(self, timeout: float = ...) -> int:
        """The code with which it ended."""
        ...

    def start(self) -> object:
        """Start it once more; returns at once."""
        ...


@dataclass
class _Past:
    started: float = 0.0
    wait: float = FIRST_WAIT
    due: float | None = None


@dataclass
class Supervisor:
    """Looks after processes by name. Belongs to one thread, which has to live as long as they.

    `told` hears what ended and how.
    """

    children: Mapping[str, Startable]
    told: Callable[[str], None]
    exits: list[tuple[str, int]] = field(default_factory=list)
    _pasts: dict[str, _Past] = field(default_factory=dict)

    def look(self, now: float) -> None:
        """Start what is due; never waits."""
        for name, child in self.children.items():
            if not child.running:
                self._mend(name, child, now)

    def _mend(self, name: str, child: Startable, now: float) -> None:
        past = self._pasts.setdefault(name, _Past())
        if past.due is None:
            self._ended(name, child.wait(), now)
        elif now >= past.due:
            past.due, past.started = None, now
            child.start()

    def _ended(self, name: str, code: int, now: float) -> None:
        past = self._pasts[name]
        lived = now - past.started
        past.wait = FIRST_WAIT if lived > LONG_ENOUGH else min(2 * past.wait, LONGEST_WAIT)
        past.due = now + past.wait
        self.exits.append((name, code))
        self.told(f"{name} ended with {code}; it is started again in {past.wait:g} s")
