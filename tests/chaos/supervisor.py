"""Restarts processes that have ended, as Kubernetes does: with a wait that grows at each end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

FIRST_WAIT, LONGEST_WAIT = 1.0, 16.0
STABLE_SECONDS = 20.0


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
class _Lifetime:
    started: float = 0.0
    wait: float = FIRST_WAIT
    due: float | None = None


@dataclass
class Supervisor:
    """Restarts processes, by name. Belongs to one thread, which must live as long as they."""

    children: Mapping[str, Startable]
    log: Callable[[str], None]
    exits: list[tuple[str, int]] = field(default_factory=list)
    _lifetimes: dict[str, _Lifetime] = field(default_factory=dict)

    def restart_ended(self, now: float) -> None:
        """Restart what is due; never blocks."""
        for name, child in self.children.items():
            if not child.running:
                self._restart(name, child, now)

    def _restart(self, name: str, child: Startable, now: float) -> None:
        lifetime = self._lifetimes.setdefault(name, _Lifetime())
        if lifetime.due is None:
            self._note_end(name, child.wait(), now)
        elif now >= lifetime.due:
            lifetime.due, lifetime.started = None, now
            child.start()

    def _note_end(self, name: str, code: int, now: float) -> None:
        lifetime = self._lifetimes[name]
        uptime = now - lifetime.started
        lifetime.wait = (
            FIRST_WAIT if uptime > STABLE_SECONDS else min(2 * lifetime.wait, LONGEST_WAIT)
        )
        lifetime.due = now + lifetime.wait
        self.exits.append((name, code))
        self.log(f"{name} ended with {code}; restarted in {lifetime.wait:g} s")
